import type { Answer, ToServer } from '../../server/protocol.ts';
import type { Link } from './use-story.ts';

type Asked<What extends keyof ToServer> = Parameters<ToServer[What]>[0];
type ValueOf<What extends keyof ToServer> =
  Parameters<Parameters<ToServer[What]>[1]>[0] extends Answer<infer Value> ? Value : never;

/** Bringing a machine up takes longest, and has deadlines of its own. */
const deadlineMs = 180_000;

/** Asks the server. Who does not answer is an answer, too: nothing is thrown. */
export async function ask<What extends keyof ToServer>(
  link: Link | undefined,
  what: What,
  asked: Asked<What>,
): Promise<Answer<ValueOf<What>>> {
  const silence: Answer<never> = { ok: false, error: 'The dashboard does not answer.' };
  if (link === undefined) return silence;
  // Socket.IO's own type of an answer within a deadline knows no events.
  const timed = link.timeout(deadlineMs) as unknown as {
    emitWithAck(what: string, asked: unknown): Promise<Answer<ValueOf<What>>>;
  };
  return timed.emitWithAck(what, asked).catch(() => silence);
}
