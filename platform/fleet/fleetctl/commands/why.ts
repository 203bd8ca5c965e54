import { LabError } from '#errors/lab-error.ts';
import type { PastDecision } from '../../registry/decision-history.ts';
import { possibleUnitNames } from '../../unit/name.ts';
import type { Command } from '../context.ts';

export const why: Command = {
  name: 'why',
  args: 'UNIT',
  summary: 'what was decided about a unit, what it waits for, who is in its way',
  flags: [{ name: 'json', kind: 'switch', help: 'the same as JSON' }],
  async run(context) {
    const [argument, ...more] = context.args;
    if (argument === undefined || more.length > 0)
      throw new LabError({ code: 'usage.one-unit', cause: 'One unit must be given', next: 'fleetctl why UNIT' });
    const names = possibleUnitNames(argument);
    for (const name of names) {
      const found = await context.client.why(name);
      if (found === undefined) continue;
      if (context.flags.on('json')) context.out(JSON.stringify(found));
      else for (const line of whyLines(found)) context.out(line);
      return 0;
    }
    const cause = `Unit ${names[0]} does not exist.`;
    throw new LabError({ code: 'missing.unit', cause, next: 'fleetctl list-unit-files' });
  },
};

type Found = NonNullable<Awaited<ReturnType<Parameters<Command['run']>[0]['client']['why']>>>;

function whyLines({ unit, waitsFor, inTheWay, decisions }: Found): string[] {
  const wanted = unit.desiredState ?? 'inactive';
  const head = wanted === 'inactive' ? 'is known, and not wanted on any machine' : `is wanted ${wanted}`;
  return [
    `${unit.name} ${head}`,
    ...(wanted === 'inactive' ? [] : waitsFor.length === 0 ? ['waits for nothing'] : ['waits for:']),
    ...waitsFor.map((line) => `  ${line}`),
    ...(inTheWay.length === 0 ? [] : ['in its way:']),
    ...inTheWay.map((other) => `  ${other.unit} on ${other.machine}`),
    decisions.length === 0 ? 'nothing was decided about it yet' : 'decided, the last first:',
    ...decisions.map((d) => `  ${timeOf(d.at)} ${whatOf(d)}: ${d.reason} (engine of ${d.by})`),
  ];
}

function whatOf({ kind, to, from, times }: PastDecision): string {
  switch (kind) {
    case 'place':
      return `placed on ${to}`;
    case 'move':
      return `moved from ${from} to ${to}`;
    case 'evict':
      return `taken off ${from}`;
    case 'stay':
      return 'not moved';
    case 'block':
      return `no machine takes it${times === undefined ? '' : ` (${times} times)`}`;
  }
}

/** `2026-11-29 23:10:02Z` */
function timeOf(ms: number): string {
  return new Date(ms)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z');
}
