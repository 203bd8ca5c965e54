import { parseUnitFile } from '#platform/fleet/unit/parse.ts';
import { hashUnit } from '#platform/fleet/unit/serialise.ts';
import type { HistoryEvent, Operation } from '../history/event.ts';
import type { Checker } from './checker.ts';
import type { Truth } from './truth.ts';

/** What may be so of a unit, as far as its user knows. */
interface Expectation {
  /** `gone`, or the hash of its text. */
  readonly texts: ReadonlySet<string>;
  readonly desires: ReadonlySet<string>;
}

const gone = 'gone';
const nothing: Expectation = { texts: new Set([gone]), desires: new Set(['inactive']) };

/**
 * What a user was told is done, is so, when all has come to rest: no unit lost, none come back, nothing else wanted of it. What nobody has answered may be so or
 * not, until then. Each unit has one user, who does one thing after the other.
 */
export function nothingLost(): Checker {
  const known = new Map<string, Expectation>();
  /** Without an answer, or with one that leaves it open: carried out now, later, or never. */
  let loose: Operation[] = [];
  const expected = (unit: string): Expectation => {
    let { texts, desires } = known.get(unit) ?? nothing;
    for (const operation of loose) {
      if (operation.kind === 'metadata' || operation.unit !== unit) continue;
      const after = applied({ texts, desires }, operation);
      texts = new Set([...texts, ...after.texts]);
      desires = new Set([...desires, ...after.desires]);
    }
    return { texts, desires };
  };
  const compare = (truth: Truth): string | undefined => {
    for (const unit of new Set([...known.keys(), ...truth.units.keys()])) {
      const is = truth.units.get(unit);
      const { texts, desires } = expected(unit);
      const found = is?.hash ?? gone;
      if (!texts.has(found)) return `${unit} is ${found}, and should be ${[...texts].join(' or ')}`;
      if (is !== undefined && !desires.has(is.desired))
        return `${unit} is wanted ${is.desired}, and should be ${[...desires].join(' or ')}`;
      known.set(unit, { texts: new Set([found]), desires: new Set([is?.desired ?? 'inactive']) });
    }
    loose = [];
    return undefined;
  };
  return {
    name: 'nothing-lost',
    see(event, truth) {
      if (event.kind === 'rest' && event.isOn) return compare(truth);
      if (event.kind === 'operation') take(event);
      return undefined;
    },
  };

  function take({ does, is, mayComeAgain = false }: Extract<HistoryEvent, { kind: 'operation' }>): void {
    if (does.kind === 'metadata' || is === 'asked' || is === 'refused') return;
    if (is === 'unknown' || mayComeAgain) loose.push(does);
    if (is === 'done') known.set(does.unit, applied(known.get(does.unit) ?? nothing, does));
  }
}

/** After it was carried out. */
function applied(before: Expectation, operation: Exclude<Operation, { kind: 'metadata' }>): Expectation {
  switch (operation.kind) {
    case 'create':
      return { texts: new Set([hashOf(operation)]), desires: new Set([operation.desired]) };
    case 'replace':
      return { texts: new Set([hashOf(operation)]), desires: before.desires };
    case 'want':
      return { texts: before.texts, desires: new Set([operation.desired]) };
    case 'destroy':
      return { texts: new Set([gone]), desires: new Set(['inactive']) };
  }
}

function hashOf({ unit, text }: { unit: string; text: string }): string {
  return hashUnit(parseUnitFile(text, unit));
}
