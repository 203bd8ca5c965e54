import { formOf } from '../../form.ts';
import { failed, isInitialised, report, switchValues, type Command } from '../command.ts';

const candidates = ['data', 'index', 'query', 'fts', 'eventing', 'analytics', 'backup'];
const enterprise: ReadonlySet<string> = new Set(['eventing', 'analytics', 'backup']);
/** What a node of the Community Edition may run. */
const combinations = ['data', 'data,index,query', 'data,fts,index,query'];

/** cluster-init of 7.1 on: everything in one request. */
export const clusterInit: Command = {
  name: 'cluster-init',
  description: 'Initialize a Couchbase cluster',
  isFirst: true,
  beforeInit: true,
  options: [
    { name: 'cluster-username', takes: 'value', required: true },
    { name: 'cluster-password', takes: 'value', required: true },
    { name: 'cluster-port', takes: 'integer' },
    { name: 'cluster-ramsize', takes: 'integer' },
    { name: 'cluster-index-ramsize', takes: 'integer' },
    { name: 'cluster-fts-ramsize', takes: 'integer' },
    { name: 'cluster-name', takes: 'value' },
    { name: 'index-storage-setting', takes: 'value', choices: ['default', 'memopt'] },
    { name: 'services', takes: 'value' },
    { name: 'update-notifications', takes: 'value', choices: switchValues },
  ],
  run: async ({ client, option }) => {
    const ready = await isInitialised(client);
    if ('errors' in ready) return failed(ready.errors);
    if (ready.value) return failed(['Cluster is already initialized, use setting-cluster to change settings']);
    if (option('index-storage-setting') === 'memopt')
      return failed(['memopt option for --index-storage-setting can only be configured on enterprise edition']);
    const services = readServices(option('services') ?? 'data');
    if (typeof services === 'string') return failed([services]);
    const form = formOf({
      services: services.join(','),
      username: option('cluster-username'),
      password: option('cluster-password'),
      port: option('cluster-port') ?? 'SAME',
      memoryQuota: option('cluster-ramsize'),
      indexMemoryQuota: option('cluster-index-ramsize'),
      ftsMemoryQuota: option('cluster-fts-ramsize'),
      clusterName: option('cluster-name'),
      indexerStorageMode: services.includes('index') ? 'forestdb' : undefined,
      sendStats: option('update-notifications') === '0' ? 'false' : 'true',
    });
    return report(client.send('POST', '/clusterInit', form), 'Cluster initialized');
  },
};

/** Text instead of the services says what is wrong. */
function readServices(text: string): readonly string[] | string {
  const wanted = [...new Set(text.split(text.includes(',') ? ',' : ';').map((name) => name.trim()))];
  const unknown = wanted.find((name) => !candidates.includes(name));
  if (unknown !== undefined) return `\`${unknown}\` is not a valid service`;
  const refused = wanted.find((name) => enterprise.has(name));
  if (refused !== undefined) return `${refused} service is only available on Enterprise Edition`;
  if (!combinations.includes(wanted.toSorted().join(',')))
    return (
      'Invalid service configuration. Community Edition only supports nodes with the following combinations of services: ' +
      "'data', 'data,index,query' or 'data,index,query,fts'"
    );
  return wanted.map((name) => (name === 'data' ? 'kv' : name === 'query' ? 'n1ql' : name));
}
