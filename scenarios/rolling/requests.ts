import type { Sample } from '../harness/record/sample.ts';
import type { Span } from '../harness/record/spans.ts';

/** What became of the requests of one probe, at one machine or (undefined) at whichever answered. */
export interface Requests {
  readonly probe: Sample['probe'];
  readonly machine: string | undefined;
  readonly asked: number;
  readonly failed: number;
  /** From the first failed question to the next good answer, wall-clock ms; undefined when none failed. */
  readonly longestOutage: Span | undefined;
  /** A visitor's session that was there and was made anew. */
  readonly lostSessions: number;
}

/** Each probe as a whole, then at each machine it asks in particular. Pure. */
export function requests(samples: readonly Sample[]): Requests[] {
  const inOrder = [...samples].sort((a, b) => a.wallMs - b.wallMs);
  return [...new Set(inOrder.map(({ probe }) => probe))].flatMap((probe) => {
    const own = inOrder.filter((sample) => sample.probe === probe);
    const machines = [...new Set(own.map(({ machine }) => machine))].filter((one) => one !== undefined).sort();
    const each = machines.map((machine) =>
      summary(
        probe,
        machine,
        own.filter((sample) => sample.machine === machine),
      ),
    );
    const lostSessions = each.reduce((sum, one) => sum + one.lostSessions, 0);
    const whole = { ...summary(probe, undefined, own), ...(machines.length > 0 && { lostSessions }) };
    return machines.length > 1 ? [whole, ...each] : [whole];
  });
}

function summary(probe: Sample['probe'], machine: string | undefined, own: readonly Sample[]): Requests {
  const failed = own.filter(({ ok }) => !ok).length;
  return { probe, machine, asked: own.length, failed, longestOutage: longestOutage(own), lostSessions: lost(own) };
}

/** @param own in the order they were asked; at the end of the run an outage ends with the last answer */
function longestOutage(own: readonly Sample[]): Span | undefined {
  let longest: Span | undefined;
  let fromMs: number | undefined;
  let lastMs = 0;
  const end = (toMs: number) => {
    if (fromMs !== undefined && (longest === undefined || toMs - fromMs > longest.toMs - longest.fromMs))
      longest = { fromMs, toMs };
    fromMs = undefined;
  };
  for (const { ok, wallMs, ms } of own) {
    lastMs = Math.max(lastMs, wallMs + ms);
    if (ok) end(wallMs + ms);
    else fromMs ??= wallMs;
  }
  end(lastMs);
  return longest;
}

function lost(own: readonly Sample[]): number {
  const sessions = own.filter(({ ok, session }) => ok && session !== undefined).map(({ session }) => session);
  return sessions.filter((session, index) => index > 0 && session !== sessions[index - 1]).length;
}
