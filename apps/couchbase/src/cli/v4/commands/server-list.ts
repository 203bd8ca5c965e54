import * as z from 'zod/mini';
import type { Command } from '../command.ts';

const pool = z.object({
  nodes: z.array(
    z.object({ otpNode: z.string(), hostname: z.string(), status: z.string(), clusterMembership: z.string() }),
  ),
});

/** server-list of 4.0: one line per node. */
export const serverList: Command = async ({ rest, target }) => {
  const reply = await rest.get(target, '/pools/default', pool, 'unable to server-list');
  if ('failed' in reply) return reply.failed;
  const lines = reply.value.nodes.map(
    (node) => `${node.otpNode} ${node.hostname} ${node.status} ${node.clusterMembership}`,
  );
  return { code: 0, lines };
};
