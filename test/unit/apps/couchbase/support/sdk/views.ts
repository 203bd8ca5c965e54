import couchbase from 'couchbase';
import type { Scenario } from './context.ts';

export const views: Scenario = async (context) => {
  const cluster = await context.connect();
  const bucket = cluster.bucket('default');
  const map = 'function (doc, meta) { if (doc.event_id) { emit(doc.event_id, doc.event_name); } }';
  const design = (view: { map: string; reduce?: string }) =>
    new couchbase.DesignDocument({ name: 'ddocid', views: { by_id: new couchbase.DesignDocumentView(view) } });
  const indexes = bucket.viewIndexes();
  const production = couchbase.DesignDocumentNamespace.Production;
  const fresh = { scanConsistency: couchbase.ViewScanConsistency.RequestPlus };
  const keys = async (options: couchbase.ViewQueryOptions) =>
    (await bucket.viewQuery('ddocid', 'by_id', { ...fresh, ...options })).rows.map((row) => row.key as unknown);

  await context.step('query before design', () => keys({}));
  await context.step('publish', () => indexes.upsertDesignDocument(design({ map }), production));
  await context.step('publish nonsense', () => indexes.upsertDesignDocument(design({ map: 'function (' }), production));
  await context.step(
    'read design',
    async () => (await indexes.getDesignDocument('ddocid', production)).views['by_id']?.map === map,
  );
  await context.step('list designs', async () =>
    (await indexes.getAllDesignDocuments(production)).map(({ name }) => name),
  );
  for (let id = 101; id <= 125; id++) {
    await bucket.defaultCollection().upsert(`rsvp-${id}`, { event_id: String(id), event_name: `Event ${id}` });
  }
  await bucket.defaultCollection().upsert('other', { no: 'event' });
  await context.step('newest 10', async () => {
    const options = { ...fresh, order: couchbase.ViewOrdering.Descending, limit: 10 };
    const { rows, meta } = await bucket.viewQuery<string, string>('ddocid', 'by_id', options);
    return { total: meta.totalRows, rows: rows.map(({ id, key, value }) => `${id} ${String(key)} ${value}`) };
  });
  await context.step('range', () => keys({ range: { start: '103', end: '105', inclusiveEnd: false } }));
  await context.step('keys', () => keys({ keys: ['120', '110', 'none'] }));
  await context.step('skip', () => keys({ skip: 23 }));
  await context.step('count', async () => {
    await indexes.upsertDesignDocument(design({ map, reduce: '_count' }), production);
    return (await bucket.viewQuery('ddocid', 'by_id', fresh)).rows;
  });
  await context.step('drop', () => indexes.dropDesignDocument('ddocid', production));
  await context.step('read dropped', () => indexes.getDesignDocument('ddocid', production));
  await cluster.close();
};
