import type { InGuest } from './hypervisor.ts';

/**
 * Sets a guest's clock to this host's. One that was paused goes on from where it stood, with nothing in the lab that would tell
 * it the time; what its journal says would then lie before what caused it.
 * @param nowMs this host's wall clock, ms since the epoch
 * @throws what `inGuest` throws
 */
export async function setGuestClock(inGuest: InGuest, nowMs: () => number = Date.now): Promise<void> {
  // The first answer of one that just woke up takes seconds, and what is known of its clock is off by as much.
  for (let question = 0; question < mostQuestions; question += 1) {
    const asked = nowMs();
    const { stdout } = await inGuest(['date', '+%s%N']);
    const answered = nowMs();
    const behind = behindBy(stdout, asked, answered);
    if (behind !== undefined) await inGuest(['sh', '-c', forward(behind)]);
    else if (answered - asked < goodAnswerMs) return;
  }
}

const mostQuestions = 5;
const goodAnswerMs = 500;

/**
 * How far a guest's clock is behind, ns; undefined when that is less than can be known from one question. Pure.
 * @param said nanoseconds since the epoch, by the guest
 * @param askedMs @param answeredMs this host's clock around the question
 */
export function behindBy(said: string, askedMs: number, answeredMs: number): bigint | undefined {
  if (!/^\d{16,}\s*$/.test(said)) return undefined;
  const middle = (BigInt(Math.round(askedMs * 1000)) + BigInt(Math.round(answeredMs * 1000))) * 500n;
  const behind = middle - BigInt(said.trim());
  const uncertain = BigInt(Math.ceil((answeredMs - askedMs) / 2)) * 1_000_000n;
  return behind > uncertain || -behind > uncertain ? behind : undefined;
}

/** By the difference, so that it does not matter how long the command takes to get there. */
function forward(ns: bigint): string {
  return [
    `at=$(( $(date +%s%N) + ${ns} ))`,
    'date --utc --set "@$(( at / 1000000000 )).$(printf %09d $(( at % 1000000000 )))" > /dev/null',
  ].join(' && ');
}
