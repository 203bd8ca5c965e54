/** What the form of a query holds: texts as they are typed. */
export interface ViewParameters {
  readonly key: string;
  readonly startKey: string;
  readonly endKey: string;
  readonly limit: string;
  readonly skip: string;
  readonly isDescending: boolean;
  readonly reduce: boolean;
  /** `none`, `all`, or how many elements of a key that is an array. */
  readonly group: string;
  readonly stale: 'false' | 'update_after' | 'ok';
}

export const initialParameters: ViewParameters = {
  key: '',
  startKey: '',
  endKey: '',
  limit: '20',
  skip: '0',
  isDescending: false,
  reduce: false,
  group: 'none',
  stale: 'false',
};

/** Fields whose text is JSON, by the parameter's name. */
const jsonFields = { key: 'key', startKey: 'startkey', endKey: 'endkey' } as const;

/** The query of a view's address (Couchbase, "Querying views using the REST API"); what is left empty is left out. */
export function queryOf(parameters: ViewParameters, hasReduce: boolean): URLSearchParams {
  const { limit, skip, isDescending, reduce, group, stale } = parameters;
  const query = new URLSearchParams({ stale, limit: limit === '' ? '20' : limit });
  if (skip !== '' && skip !== '0') query.set('skip', skip);
  if (isDescending) query.set('descending', 'true');
  for (const field of ['key', 'startKey', 'endKey'] as const) {
    if (parameters[field].trim() !== '') query.set(jsonFields[field], parameters[field]);
  }
  if (hasReduce) {
    query.set('reduce', String(reduce));
    if (reduce && group === 'all') query.set('group', 'true');
    else if (reduce && group !== 'none') query.set('group_level', group);
  }
  return query;
}
