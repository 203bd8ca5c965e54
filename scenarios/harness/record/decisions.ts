import type { JournalLine } from './journal-line.ts';
import type { RunReport } from './run-report.ts';

export type Decision = RunReport['decisions'][number];

const kinds = ['schedule', 'reschedule', 'unschedule', 'unschedulable'];

/** What the engines decided and why, from fleet's own journal (`reschedule unit=... from=... machine=... reason="..."`). Pure. */
export function engineDecisions(journal: readonly JournalLine[], wallToRunMs: number): Decision[] {
  return journal.flatMap((line) => {
    if (line.unit !== 'fleet.service') return [];
    const [kind = '', ...rest] = line.message.split(' ');
    if (!kinds.includes(kind)) return [];
    const fields = readFields(rest.join(' '));
    const [unit, machine, from] = [fields.get('unit'), fields.get('machine'), fields.get('from')];
    if (unit === undefined) return [];
    const leaving = kind === 'unschedule' ? machine : from;
    const to = kind === 'unschedule' ? undefined : machine;
    return [
      {
        atMs: Math.round(line.wallMs - wallToRunMs),
        kind,
        unit,
        engine: line.machine,
        reason: fields.get('reason') ?? '',
        ...(leaving === undefined ? {} : { from: leaving }),
        ...(to === undefined ? {} : { to }),
      },
    ];
  });
}

/** `key=value key="value with spaces"`; a quoted value is a JSON string. */
function readFields(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [, key = '', value = ''] of text.matchAll(/([a-zA-Z-]+)=("(?:[^"\\]|\\.)*"|\S*)/g)) {
    fields.set(key, value.startsWith('"') ? unquote(value) : value);
  }
  return fields;
}

function unquote(value: string): string {
  try {
    return String(JSON.parse(value));
  } catch {
    return value;
  }
}
