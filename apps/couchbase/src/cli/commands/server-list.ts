import type { Command } from '../command.ts';

interface ListedNode {
  readonly otpNode: string;
  readonly hostname: string;
  readonly status: string;
  readonly clusterMembership: string;
}

/** server-list of 4.0: one line per node. */
export const serverList: Command = async ({ rest, target }) => {
  const reply = await rest.get(target, '/pools/default', 'unable to server-list');
  if ('failed' in reply) return reply.failed;
  const { nodes } = JSON.parse(reply.body) as { nodes: ListedNode[] };
  const lines = nodes.map((node) => `${node.otpNode} ${node.hostname} ${node.status} ${node.clusterMembership}`);
  return { code: 0, lines };
};
