import couchbase from 'couchbase';
import { couchbaseAccess } from '../../harness/context/couchbase-access.ts';

/** What an app of the chapter does with a Couchbase it has just been told of, as it happens. */
export type FirstUse = 'connected' | 'written' | 'row';

/**
 * Connects with the official SDK as worker and web do, writes one document, creates the page's view and asks it until a row comes.
 * Each step is repeated until it succeeds, so a bucket that still warms up costs time and no failure.
 * @param tell called once for each step, in order
 * @throws the SDK's last error when `deadlineMs` ran out
 */
export async function useCouchbase(
  connectionString: string,
  deadlineMs: number,
  tell: (step: FirstUse) => void,
): Promise<void> {
  const endAt = performance.now() + deadlineMs;
  const cluster = await repeat(endAt, () => {
    const left = Math.min(connectMs, Math.max(100, endAt - performance.now()));
    return couchbase.connect(connectionString, {
      ...couchbaseAccess,
      timeouts: { connectTimeout: left, bootstrapTimeout: left },
    });
  });
  tell('connected');
  try {
    const bucket = cluster.bucket('default');
    const document = { event_id: '1', event_name: 'first write' };
    await repeat(endAt, () => bucket.defaultCollection().upsert('first-write', document));
    tell('written');
    await repeat(endAt, () => createView(bucket));
    await repeat(endAt, async () => {
      const options = { scanConsistency: couchbase.ViewScanConsistency.RequestPlus, limit: 10 };
      const { rows } = await bucket.viewQuery('ddocid', 'by_id', options);
      if (rows.length === 0) throw new Error('the view has no row yet');
    });
    tell('row');
  } finally {
    await cluster.close();
  }
}

/** The page's own view: event_id -> event_name. */
function createView(bucket: couchbase.Bucket): Promise<void> {
  const map = 'function (doc, meta) { if (doc.event_id) { emit(doc.event_id, doc.event_name); } }';
  const views = { by_id: new couchbase.DesignDocumentView({ map }) };
  return bucket
    .viewIndexes()
    .upsertDesignDocument(
      new couchbase.DesignDocument({ name: 'ddocid', views }),
      couchbase.DesignDocumentNamespace.Production,
    );
}

/** What the SDK itself takes when nothing is said. */
const connectMs = 10_000;
const betweenTriesMs = 50;

async function repeat<T>(endAt: number, action: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await action();
    } catch (error) {
      // A wrong password does not become right.
      if (error instanceof couchbase.AuthenticationFailureError || performance.now() >= endAt) throw error;
      await new Promise((resolve) => setTimeout(resolve, betweenTriesMs));
    }
  }
}
