import * as z from 'zod/mini';
import type { Command } from '../command.ts';

/** server-info of 4.0: /nodes/self without licence fields, names sorted, indented by 2. */
export const serverInfo: Command = async ({ rest, target }) => {
  const reply = await rest.get(target, '/nodes/self', z.record(z.string(), z.unknown()), 'unable to server-info');
  if ('failed' in reply) return reply.failed;
  const node = Object.entries(reply.value);
  const shown = Object.fromEntries(node.filter(([name]) => !name.startsWith('license')));
  return { code: 0, lines: [JSON.stringify(sorted(shown), null, 2)] };
};

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]));
}
