import type { RecordedRun } from '#scenarios/harness/report/html/render-report.tsx';
import type { RunReport } from '#scenarios/harness/record/run-report.ts';
import { failoverEvents, failoverReport, failoverSamples } from './recorded-run.ts';

const attacks = [
  `<script>alert("x")</script>`,
  `</script></style></title><img src=//example.org/x onerror='alert(1)'>`,
  `" onload="alert(1)" style="background:url(https://example.org/x)`,
  `&amp; &lt;b&gt; &#x3c; '\u0007\ud800\u001b[31m`,
  `first line\nsecond line\r\n\tthird`,
  `\u202eright to left\u202c שלום \u2067مرحبا\u2069`,
];

/** What stands in the file, without the white space that a page does not show. */
export const bare = (text: string): string =>
  text.replace(/\p{Surrogate}|[\u0000-\u0008\u000b\u000c\u000e-\u001f]/gu, '\ufffd').replace(/\s/g, '');

/** Text with these names is a word of the program's, not of the record's. */
const fixed = new Set(['schema', 'verdict', 'startedAt', 'etcd', 'screenshots', 'type']);
/** What the page leaves out. */
const unshown = new Set(['id', 'runDir', 'fault', 'error', 'missing', 'firstKey']);

/**
 * The recorded failover with an attack in every place of free text, names of parameters and keys included.
 * @returns the run, and what of it the page shows
 */
export function hostileRun(): { run: RecordedRun; shown: readonly string[] } {
  const shown: string[] = [];
  let made = 0;
  const attack = (key: string): string => {
    const text = `X${made}-${attacks[made % attacks.length] ?? ''}-${made}X`;
    made += 1;
    if (!unshown.has(key)) shown.push(text);
    return text;
  };
  // Equal texts stay equal: units, machines and keys are found by their names.
  const given = new Map<string, string>();
  const replaced = (value: unknown, key: string, parent: string): unknown => {
    if (typeof value === 'string') {
      if (fixed.has(key) || (key === 'kind' && parent !== 'decisions')) return value;
      const text = given.get(value) ?? attack(key);
      given.set(value, text);
      return text;
    }
    if (Array.isArray(value)) return value.map((one) => replaced(one, key, key));
    if (typeof value !== 'object' || value === null) return value;
    const named = ['parameters', 'facts', 'timers', 'keys'].includes(key);
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [
        named ? replaced(name, 'name', key) : name,
        replaced(one, name, key),
      ]),
    );
  };
  const report = replaced(failoverReport(), 'report', '') as RunReport;
  const samples = failoverSamples().map((sample) => replaced(sample, 'samples', '') as typeof sample);
  const events = failoverEvents.map((event) => replaced(event, 'event', '') as typeof event);
  const screenshots = [{ name: attack('screenshot'), base64: 'AAAA' }];
  return { run: { report, events, samples, screenshots }, shown };
}
