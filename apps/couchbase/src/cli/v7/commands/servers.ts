import * as z from 'zod/mini';
import { formOf } from '../../form.ts';
import { failed, report, type Command } from '../command.ts';

const node = z.looseObject({
  otpNode: z.string(),
  hostname: z.string(),
  configuredHostname: z.string(),
  status: z.string(),
  clusterMembership: z.string(),
});
const pool = z.object({ nodes: z.array(node) });

export const hostList: Command = {
  name: 'host-list',
  description: 'List all hosts in a cluster',
  options: [],
  run: async ({ client, option }) => {
    const answer = await client.get('/pools/default', pool);
    if ('errors' in answer) return failed(answer.errors);
    const names = answer.value.nodes.map(({ configuredHostname }) => configuredHostname);
    return { code: 0, lines: option('output') === 'json' ? [JSON.stringify({ nodes: names })] : names };
  },
};

export const serverList: Command = {
  name: 'server-list',
  description: 'List all servers in a cluster',
  options: [],
  run: async ({ client }) => {
    const answer = await client.get('/pools/default', pool);
    if ('errors' in answer) return failed(answer.errors);
    const lines = answer.value.nodes.map(
      ({ otpNode, hostname, status, clusterMembership }) => `${otpNode} ${hostname} ${status} ${clusterMembership}`,
    );
    return { code: 0, lines };
  },
};

export const serverInfo: Command = {
  name: 'server-info',
  description: 'Show details of a node in the cluster',
  options: [],
  beforeInit: true,
  run: async ({ client }) => {
    const answer = await client.get('/nodes/self', z.record(z.string(), z.unknown()));
    if ('errors' in answer) return failed(answer.errors);
    return { code: 0, lines: [JSON.stringify(sorted(answer.value), null, 2)] };
  },
};

export const nodeInit: Command = {
  name: 'node-init',
  description: 'Set node specific settings',
  isFirst: true,
  beforeInit: true,
  options: [
    { name: 'node-init-data-path', takes: 'value' },
    { name: 'node-init-index-path', takes: 'value' },
    { name: 'node-init-hostname', takes: 'value' },
  ],
  run: async ({ client, option }) => {
    const paths = formOf({ path: option('node-init-data-path'), index_path: option('node-init-index-path') });
    const hostname = option('node-init-hostname');
    if (Object.keys(paths).length === 0 && hostname === undefined)
      return failed(['No node initialization parameters specified']);
    if (Object.keys(paths).length > 0) {
      const taken = await client.send('POST', '/nodes/self/controller/settings', paths);
      if ('errors' in taken) return failed(taken.errors);
    }
    if (hostname === undefined) return { code: 0, lines: ['SUCCESS: Node initialized'] };
    return report(client.send('POST', '/node/controller/rename', { hostname }), 'Node initialized');
  },
};

/** Names in their order, at every depth but in lists. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]));
}
