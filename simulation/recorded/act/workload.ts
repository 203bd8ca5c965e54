import type { SeededRandom } from '#scenarios/chaos/seeded-random.ts';
import type { DesiredWord, Operation } from '../../history/event.ts';
import { machineName } from '../../plan/plan.ts';
import { fleetSection, unitNames } from '../../plan/unit-texts.ts';

/** Those of the simulation that do not end by themselves. */
const names = unitNames.filter((name) => !name.startsWith('job'));

/** Machines by number, with the ids they have on this lab. */
export interface Fleet {
  readonly machines: number;
  readonly idOf: (number: number) => string;
}

/** Users' operations on a small fleet of units, of every kind that [X-Fleet] knows. */
export class Workload {
  readonly #fleet: Fleet;
  readonly #random: SeededRandom;
  #texts = 0;

  constructor(fleet: Fleet, random: SeededRandom) {
    this.#fleet = fleet;
    this.#random = random;
  }

  /** Machines with racks and slots, and every unit launched. */
  first(): Operation[] {
    const numbers = Array.from({ length: this.#fleet.machines }, (_, index) => index + 1);
    return [
      ...numbers.flatMap((n): Operation[] => [
        { kind: 'metadata', machine: machineName(n), key: 'slot', value: String(n) },
        { kind: 'metadata', machine: machineName(n), key: 'rack', value: n % 2 === 0 ? 'b' : 'a' },
      ]),
      ...names.map((unit): Operation => ({ kind: 'create', unit, text: this.#text(unit), desired: 'launched' })),
    ];
  }

  /** Draws the next operation, whatever became of those before it. */
  next(): Operation {
    const random = this.#random;
    const unit = random.pick(names);
    const desired = (): DesiredWord => random.pick(['launched', 'launched', 'launched', 'loaded', 'inactive']);
    switch (random.pick(['create', 'create', 'want', 'want', 'want', 'replace', 'destroy', 'metadata'] as const)) {
      case 'create':
        return { kind: 'create', unit, text: this.#text(unit), desired: desired() };
      case 'want':
        return { kind: 'want', unit, desired: desired() };
      case 'replace':
        return { kind: 'replace', unit, text: this.#text(unit) };
      case 'destroy':
        return { kind: 'destroy', unit };
      case 'metadata': {
        const machine = machineName(random.integer(1, this.#fleet.machines));
        return { kind: 'metadata', machine, key: 'rack', value: random.pick(['a', 'b']) };
      }
    }
  }

  /** systemd repeats the description, so the mark in it tells by which text a unit runs. A fence waits 5 s for a unit to stop. */
  #text(unit: string): string {
    const random = this.#random;
    const pause = (of: string): string[] =>
      random.chance(0.3) ? [`${of}=/bin/sleep ${(random.integer(2, 20) / 10).toFixed(1)}`] : [];
    const section = fleetSection(unit, this.#fleet.machines, random, this.#fleet.idOf);
    return [
      '[Unit]',
      `Description=judged #t${++this.#texts}`,
      '[Service]',
      ...pause('ExecStartPre'),
      'ExecStart=/bin/sleep infinity',
      ...pause('ExecStop'),
      ...(section.length === 0 ? [] : ['[X-Fleet]', ...section]),
      '',
    ].join('\n');
  }
}

/** What is done with one unit, one user does: so it is known what has become of it. */
export function userOf(operation: Operation): number {
  if (operation.kind === 'metadata') return 0;
  return operation.unit.charCodeAt(operation.unit.length - ' .service'.length) % 2;
}
