import * as z from 'zod/mini';
import type { Command } from '../command.ts';

const pool = z.object({ nodes: z.array(z.object({ configuredHostname: z.string() })) });

/** host-list of 4.0: one name and port per node. */
export const hostList: Command = async ({ rest, target }) => {
  const reply = await rest.get(target, '/pools/default', pool, 'unable to host-list');
  if ('failed' in reply) return reply.failed;
  return { code: 0, lines: reply.value.nodes.map(({ configuredHostname }) => configuredHostname) };
};
