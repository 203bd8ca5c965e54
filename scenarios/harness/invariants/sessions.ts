import { serviceDirectory } from '#platform/etcd/keys/service-keys.ts';
import { eventsOf } from '../record/events-of.ts';
import { faultWindows } from '../record/fault-windows.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { Sample } from '../record/sample.ts';
import { seconds } from '#errors/seconds.ts';
import type { Finding } from '../record/verdict.ts';

/** A session needs this long to be answered from another server after something about memcached has changed, ms; on slow machines longer. */
const aftermathMs = 30_000;

/**
 * A visitor's session survives the loss of a memcached or is made anew, and never does the visitor see an error page. No answer
 * at all (the web unit itself restarts, its machine is gone) is no matter of sessions: it is counted. A session made
 * anew needs a cause: a memcached that went or came (then sessions are spread anew over the servers), or a fault.
 */
export function sessions(record: RunRecord): Finding {
  const name = 'a session survives or is made anew, without an error page';
  const pages = record.samples.filter(({ probe }) => probe === 'page');
  const answered = pages.filter(({ ok, session }) => ok && session !== undefined);
  if (answered.length === 0) return { name, verdict: 'unknown', evidence: 'no page with a session was seen' };
  const errorPages = pages.filter(({ ok, error }) => !ok && /\b(?:HTTP )?5\d\d\b/.test(error ?? ''));
  const [first] = errorPages;
  if (first !== undefined) {
    const where = `${first.machine ?? '?'} at ${seconds(runMs(record, first))}: ${first.error ?? ''}`;
    return { name, verdict: 'fail', evidence: `${errorPages.length} error pages, the first from ${where}` };
  }
  // One visitor goes round the machines, with one cookie.
  const visits = [...answered].sort((a, b) => a.wallMs - b.wallMs);
  const renewals = visits.filter((sample, index) => index > 0 && sample.session !== visits[index - 1]?.session);
  const causes = causesOf(record);
  const groundless = renewals.find((sample) => {
    const atMs = runMs(record, sample);
    return !causes.some(({ fromMs, toMs }) => fromMs <= atMs && atMs <= toMs + aftermathMs * record.config.stretch);
  });
  const figures = `${answered.length} pages, ${renewals.length} sessions made anew, no error page; ${pages.length - answered.length} without an answer`;
  if (groundless === undefined) return { name, verdict: 'pass', evidence: figures };
  const evidence = `session lost on ${groundless.machine ?? '?'} at ${seconds(runMs(record, groundless))} though no memcached had changed`;
  return { name, verdict: 'fail', evidence };
}

/** When memcached's servers changed, or some machine was under a fault. */
function causesOf(record: RunRecord) {
  const changes = eventsOf(record.events, 'key-set', 'key-gone', 'unit-state')
    .filter(({ type, data }) =>
      type === 'unit-state'
        ? data.unit.startsWith('memcached@')
        : data.key.startsWith(`${serviceDirectory('memcached')}/`),
    )
    .filter(({ data }) => data.initial !== true)
    .map(({ atMs }) => ({ fromMs: atMs - 1_000, toMs: atMs }));
  return [...changes, ...faultWindows(record)];
}

function runMs(record: RunRecord, sample: Sample): number {
  return sample.wallMs - record.wallToRunMs;
}
