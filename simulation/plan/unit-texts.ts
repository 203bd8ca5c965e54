import type { SeededRandom } from '#scenarios/chaos/seeded-random.ts';
import { serviceSection, type UnitBehaviour } from '../machines/unit-behaviour.ts';
import { machineId } from './plan.ts';

/** Names that units have, so that what they say of each other meets somebody. */
export const unitNames = 'web@1 web@2 web@3 side@1 side@2 db cache api lone job all rack pin near'
  .split(' ')
  .map((name) => `${name}.service`);

/** A unit file for this name: mostly what the name suggests, now and then something else. */
export function unitText(name: string, machines: number, random: SeededRandom): string {
  const section = fleetSection(name, machines, random);
  const service = random.chance(0.02) ? '[Service]\nRestart=no\n' : serviceSection(behaviour(name, random));
  return section.length === 0 ? service : `${service}\n[X-Fleet]\n${section.join('\n')}\n`;
}

/** The lines of its [X-Fleet]. @param idOf a machine's id by its number */
export function fleetSection(name: string, machines: number, random: SeededRandom, idOf = machineId): string[] {
  return random.chance(0.85) ? usual(name, machines, random, idOf) : random.pick(odd(machines, random));
}

function behaviour(name: string, random: SeededRandom): UnitBehaviour {
  const ends = name.startsWith('job') || random.chance(0.03);
  return {
    startMs: random.chance(0.6) ? random.integer(0, 30) : random.integer(30, 4000),
    stopMs: random.chance(0.6) ? random.integer(0, 50) : random.integer(50, 8000),
    runsMs: ends ? random.integer(500, 60_000) : undefined,
    endsWell: random.chance(0.7),
  };
}

function usual(name: string, machines: number, random: SeededRandom, idOf: (number: number) => string): string[] {
  const [, kind = '', instance] = /^([a-z]+)(?:@(\d+))?\.service$/.exec(name) ?? [];
  switch (kind) {
    case 'web':
      return ['Conflicts=web@*.service'];
    case 'side':
      return [`MachineOf=web@${instance}.service`];
    case 'near':
      return ['MachineOf=db.service'];
    case 'lone':
      return ['Conflicts=db.service api.service'];
    case 'all':
      return random.chance(0.5) ? ['Global=true'] : ['Global=true', `MachineMetadata=rack=${rack(random)}`];
    case 'rack':
      return [`MachineMetadata=rack=${rack(random)}`];
    case 'cache':
      return random.chance(0.3) ? ['Replaces=api.service'] : [];
    case 'pin':
      return [`MachineID=${idOf(random.integer(1, machines))}`];
    default:
      return [];
  }
}

function odd(machines: number, random: SeededRandom): string[][] {
  return [
    [`MachineOf=${random.pick(unitNames)}`],
    [`Conflicts=${random.pick(['*.service', 'w*.service', ...unitNames])}`],
    [`MachineMetadata=rack=${rack(random)}`, `MachineMetadata=slot=${random.integer(1, machines)}`],
    ['Global=true', `Conflicts=${random.pick(unitNames)}`],
    [`Replaces=${random.pick(unitNames)}`],
    [`MachineMetadata=rack=a`, 'MachineMetadata=rack=b', 'Conflicts=cache.service'],
    [],
  ];
}

function rack(random: SeededRandom): string {
  return random.pick(['a', 'b']);
}
