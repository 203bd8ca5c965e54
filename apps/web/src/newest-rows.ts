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
import { z } from 'zod';
import { issueLines } from '../../../errors/issue-lines.ts';

const viewRow = z.object({
  /** event_id */
  key: z.string(),
  /** event_name */
  value: z.string(),
  /** Document key. */
  id: z.string(),
});
export type Row = z.infer<typeof viewRow>;

export interface Rows {
  readonly rows: Row[];
  /** Documents in the view. */
  readonly documents: number;
}

export interface RowSource {
  /** The newest rows; connects and creates the view where that is still to be done. Rejects with the SDK's errors. */
  newest(): Promise<Rows>;
}

/**
 * The view `ddocid/by_id` of a bucket (event_id -> event_name), descending. Lazy and forgetful: a Couchbase that is not up yet, or
 * came back at its address without its data and so without its views, is met by the next query. A document whose event has no id or
 * name of text is left out, and said once.
 */
export function newestRows(
  connection: string,
  access: { username: string; password: string; bucket: string; limit: number },
  log: (line: string) => void,
): RowSource {
  const readRow = rowReader(log);
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
        const result = await bucket.viewQuery<unknown, unknown>(designName, viewName, {
          order: ViewOrdering.Descending,
          limit: access.limit,
          scanConsistency: ViewScanConsistency.RequestPlus,
          timeout: 4000,
        });
        const rows = result.rows.flatMap((row) => readRow(row));
        return { rows, documents: result.meta.totalRows ?? rows.length };
      } catch (error) {
        if (error instanceof DesignDocumentNotFoundError) viewIsThere = false;
        throw error;
      }
    },
  };
}

/** A row of ours, or none. Bad ones come again with every query. */
export function rowReader(log: (line: string) => void): (row: unknown) => Row[] {
  const said = new Set<string>();
  return (row) => {
    const read = viewRow.safeParse(row);
    if (read.success) return [read.data];
    const id = String(z.object({ id: z.string() }).safeParse(row).data?.id);
    const problem = issueLines(read.error).join('; ');
    if (!said.has(id) && said.size < saidAtMost) log(`document ${id} is left out: ${problem}`);
    if (said.size < saidAtMost) said.add(id);
    return [];
  };
}

const saidAtMost = 1000;
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
