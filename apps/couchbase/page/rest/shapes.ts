import type { bucketJson } from '../../src/rest/bucket-json.ts';
import type { NodeJson } from '../../src/rest/node-json.ts';
import type { bucketStatistics } from '../../src/rest/statistics-routes.ts';
import type { DocumentJson, ValueJson, ValuePreview } from '../../src/documents/document-json.ts';

/** What the server's REST API answers, by the server's own types. */
export type Bucket = ReturnType<typeof bucketJson>;

/** A minute of a bucket; every list of figures is as long as `timestamp`, whatever figures a server has. */
export interface BucketStats {
  readonly op: Pick<ReturnType<typeof bucketStatistics>['op'], 'lastTStamp' | 'interval'> & {
    readonly samples: Readonly<Record<string, readonly number[]>>;
  };
}

export interface Pools {
  readonly pools: readonly unknown[];
  readonly implementationVersion: string;
  readonly product: string;
}

export interface Pool {
  readonly clusterName: string;
  readonly nodes: readonly NodeJson[];
  readonly memoryQuota: number;
}

export type StoredDocument = DocumentJson & ValueJson;

export interface DocumentList {
  readonly rows: readonly { readonly id: string; readonly preview: ValuePreview }[];
  /** True when the server gave up before it had looked at all documents. */
  readonly incomplete?: boolean;
}

export interface ViewSource {
  readonly map: string;
  readonly reduce?: string;
}

export interface DesignSource {
  readonly views?: Readonly<Record<string, ViewSource>>;
}

export interface DesignList {
  readonly rows: readonly {
    readonly doc: { readonly meta: { readonly id: string; readonly rev: string }; readonly json: DesignSource };
  }[];
}

export interface ViewRows {
  readonly total_rows?: number;
  readonly rows: readonly { readonly id?: string; readonly key: unknown; readonly value: unknown }[];
  readonly errors?: readonly { readonly reason: string }[];
}

/** A user as /settings/rbac/users lists it (Couchbase Server, "List Users"). */
export interface User {
  readonly id: string;
  readonly domain: string;
  readonly name?: string;
  readonly roles: readonly {
    readonly role: string;
    readonly bucket_name?: string;
    readonly scope_name?: string;
    readonly collection_name?: string;
  }[];
  readonly groups?: readonly string[];
}
