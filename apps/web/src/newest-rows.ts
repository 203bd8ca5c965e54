import {
  connect,
  DesignDocument,
  DesignDocumentNamespace,
  DesignDocumentNotFoundError,
  DesignDocumentView,
  ViewOrdering,
  ViewScanConsistency,
  type Bucket,
  type Cluster,
} from 'couchbase';

export interface Row {
  /** event_id */
  key: string;
  /** event_name */
  value: string;
  /** Document key. */
  id: string;
}

export interface Rows {
  rows: Row[];
  /** Documents in the view. */
  documents: number;
}

export interface RowSource {
  /** The newest rows; connects and creates the view where that is still to be done. Rejects with the SDK's errors. */
  newest(): Promise<Rows>;
}

/**
 * The view `ddocid/by_id` of a bucket (event_id -> event_name), descending. Lazy and forgetful: a Couchbase that is not up yet, or
 * came back at its address without its data and so without its views, is met by the next query.
 */
export function newestRows(
  connection: string,
  access: { username: string; password: string; bucket: string; limit: number },
): RowSource {
  let opened: { cluster: Cluster; bucket: Bucket } | undefined;
  let viewIsThere = false;

  const open = async (): Promise<Bucket> => {
    if (!opened) {
      const { username, password } = access;
      const timeouts = { connectTimeout: 4000, bootstrapTimeout: 4000 };
      const cluster = await connect(connection, { username, password, timeouts });
      opened = { cluster, bucket: cluster.bucket(access.bucket) };
    }
    return opened.bucket;
  };

  return {
    newest: async () => {
      const bucket = await open();
      if (!viewIsThere) {
        await ensureView(bucket);
        viewIsThere = true;
      }
      try {
        const result = await bucket.viewQuery<string, string>(designName, viewName, {
          order: ViewOrdering.Descending,
          limit: access.limit,
          scanConsistency: ViewScanConsistency.RequestPlus,
          timeout: 4000,
        });
        const rows = result.rows.map(({ key, value, id }) => ({ key: key ?? '', value, id: id ?? '' }));
        return { rows, documents: result.meta.totalRows ?? rows.length };
      } catch (error) {
        if (error instanceof DesignDocumentNotFoundError) viewIsThere = false;
        throw error;
      }
    },
  };
}

const designName = 'ddocid';
const viewName = 'by_id';
const map = 'function (doc, meta) { if (doc.event_id) { emit(doc.event_id, doc.event_name); } }';

/** Three instances may do this at once: they all write the same, so the last one changes nothing. */
async function ensureView(bucket: Bucket): Promise<void> {
  const indexes = bucket.viewIndexes();
  const design = await indexes
    .getDesignDocument(designName, DesignDocumentNamespace.Production, { timeout: 4000 })
    .catch((error: unknown) => {
      if (error instanceof DesignDocumentNotFoundError) return new DesignDocument({ name: designName, views: {} });
      throw error;
    });
  if (design.views[viewName]) return;
  design.views[viewName] = new DesignDocumentView({ map });
  await indexes.upsertDesignDocument(design, DesignDocumentNamespace.Production, { timeout: 4000 });
}
