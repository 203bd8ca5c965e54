import type { StepCondition } from '../form/condition-form.ts';
import { homeOf, type Observed, type ObservedUnit, type SystemdUnit } from './observed.ts';

/** What stands between the lab as it is and these conditions, as far as the lab itself can tell; most telling first. Pure. */
export function hintsFor(conditions: readonly StepCondition[], seen: Observed): string[] {
  if (!seen.machines.some(({ state }) => state === 'running')) {
    const booting = seen.machines.find(({ state }) => state === 'starting');
    return [booting === undefined ? 'no machine runs: the lab is not up' : `${booting.name} is still booting`];
  }
  return [...new Set([...machineHints(conditions, seen), ...conditions.flatMap((one) => unitHints(one, seen))])];
}

function machineHints(conditions: readonly StepCondition[], { machines, units }: Observed): string[] {
  const wanted = conditions.some(({ condition }) => condition === 'machines-ready');
  const away = machines.filter(({ state }) => state !== 'running');
  const noted = machines.flatMap(({ name, note }) => (note === undefined ? [] : [`${name}: ${note}`]));
  const down = wanted ? away.map(({ name, state }) => `${name} is ${state}`) : [];
  const noQuorum = conditions.every(({ condition }) => condition !== 'quorum-lost') && units === undefined;
  return [
    ...noted,
    ...down,
    ...(noQuorum ? ['fleet does not answer: without a quorum of etcd nothing can be scheduled'] : []),
  ];
}

function unitHints(one: StepCondition, seen: Observed): string[] {
  if (seen.units === undefined) return [];
  if (one.condition === 'units-active') {
    const waiting = one.units.filter((unit) => homeOf(seen, unit) === undefined);
    if (one.units.length - waiting.length >= (one.exactly ?? one.units.length)) return [];
    return waiting.flatMap((unit) => whyNotRunning(unit, seen));
  }
  if (one.condition === 'units-on-one-machine') return lackingMachineOf(one.units, seen);
  if (one.condition === 'units-on-different-machines') return lackingConflicts(one.units, seen);
  return [];
}

function whyNotRunning(name: string, seen: Observed): string[] {
  const unit = seen.units?.find((one) => one.name === name);
  if (unit === undefined) return [`fleet has no ${name}: it was not started, or under another name`];
  if (unit.desired !== 'launched') return [`${name} is ${unit.desired}: fleetctl start ${name} has it run`];
  if (unit.target === undefined) return [`no machine can take ${name}: ${unit.reason ?? 'fleet has not decided yet'}`];
  const message = unit.states.find(({ machine }) => machine === unit.target)?.message;
  if (message !== undefined) return [`${name} on ${unit.target}: ${message}`];
  const twice = unit.states.filter(({ state }) => state === 'active/running').map(({ machine }) => machine);
  if (twice.length > 1) return [`${name} runs on ${twice.join(' and ')}: one of the two is about to be stopped`];
  const now = seen.systemd[name];
  if (now === undefined) return [`${name} was given to ${unit.target}, which says nothing of it yet`];
  const lacking = unit.pulls.filter((image) => seen.images[image] === false);
  if (lacking.length === 0) return [doing(name, now)];
  return lacking.map(
    (image) =>
      `${name} pulls ${image}, which the lab's registry has not: lab image build DIR -t ${image} puts it there`,
  );
}

/** `couchbase@1.service on core-01 is still pulling couchbase:community-4.0.0: 12 s` */
function doing(name: string, { machine, state, start, sinceS, restarts, command }: SystemdUnit): string {
  const time = sinceS === undefined ? '' : `: ${Math.max(0, Math.round(sinceS))} s`;
  const again = restarts > 0 ? `, after ${restarts} restart${restarts === 1 ? '' : 's'}` : '';
  const pulled = /\bdocker pull (\S+)/.exec(command ?? '')?.[1];
  if (pulled !== undefined) return `${name} on ${machine} is still pulling ${pulled}${time}${again}`;
  if (state.startsWith('failed/')) return `${name} on ${machine} failed${again}: fleetctl journal ${name} says why`;
  if (state === 'inactive/dead' && start !== '') {
    return `${name} on ${machine} ended, and nothing starts it again: fleetctl stop ${name}, then fleetctl start ${name}`;
  }
  const at = command === undefined || command === '' ? '' : `, at ${shortened(command)}`;
  return `${name} on ${machine} is ${state}${time}${again}${at}`;
}

function shortened(command: string): string {
  const line = command.replaceAll(/\s+/g, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

/** Units that are to be together are held so by MachineOf: all but one of them must name another. */
function lackingMachineOf(units: readonly string[], seen: Observed): string[] {
  const known = knownOf(units, seen);
  const idle = known.filter(({ name }) => homeOf(seen, name) === undefined);
  if (idle.length > 0) return idle.flatMap(({ name }) => whyNotRunning(name, seen));
  const homes = new Set(known.map(({ name }) => homeOf(seen, name)));
  if (known.length < units.length || homes.size === 1) return [];
  const bound = (unit: ObservedUnit) =>
    unit.fleetOptions.some(({ name, value }) => name === 'MachineOf' && units.includes(value) && value !== unit.name);
  const free = known.filter((unit) => !bound(unit));
  const principal = free.find(({ name }) => !name.includes('sidekick')) ?? free[0];
  if (principal === undefined) return [];
  return free
    .filter((unit) => unit !== principal)
    .map(({ name }) => `${name} lacks MachineOf=${principal.name} in its [X-Fleet]`);
}

function lackingConflicts(units: readonly string[], seen: Observed): string[] {
  const known = knownOf(units, seen);
  const free = known.filter(({ fleetOptions }) => !fleetOptions.some(({ name }) => name === 'Conflicts'));
  const homes = known.map(({ name }) => homeOf(seen, name)).filter((home) => home !== undefined);
  if (new Set(homes).size === homes.length) return [];
  return free.map(({ name }) => `${name} lacks Conflicts= in its [X-Fleet], so another may share its machine`);
}

function knownOf(units: readonly string[], seen: Observed): ObservedUnit[] {
  return units.flatMap((name) => seen.units?.find((unit) => unit.name === name) ?? []);
}
