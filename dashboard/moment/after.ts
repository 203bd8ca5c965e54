import { stateUnderFault } from '#scenarios/harness/record/state-under-fault.ts';
import { clusterAfter } from './cluster-after.ts';
import { kept, type MachineNow, type Moment, nothingSeen, type PageNow } from './moment.ts';
import type { LeaseLeft, MachineFacts, Seen } from './seen.ts';
import { seenInWords } from './seen-in-words.ts';
import { order, withMachine } from './with-machine.ts';

/** The moment after one more thing was seen. Pure: live and recorded stories come about by nothing else. */
export function after(before: Moment, seen: Seen): Moment {
  const atMs = Math.max(before.atMs, seen.atMs);
  const words = seenInWords(seen);
  const events = words === undefined ? before.events : [words, ...before.events].slice(0, kept.events);
  return changed({ ...before, atMs, events }, seen);
}

function changed(moment: Moment, seen: Seen): Moment {
  switch (seen.type) {
    case 'lab':
      return labAfter(moment, seen.data);
    case 'machine':
      return withMachine(moment, seen.data.machine, (machine) => machineAfter(machine, seen.data, seen.atMs));
    case 'decision':
      return {
        ...moment,
        decisions: [{ ...seen.data, atMs: decidedAt(seen) }, ...moment.decisions].slice(0, kept.decisions),
      };
    case 'leases-left':
      return {
        ...moment,
        keys: moment.keys.map((one) => ({ ...one, lease: sampled(seen.data.keys[one.key], seen.atMs) })),
        machines: moment.machines.map((one) => ({
          ...one,
          presence: sampled(seen.data.presence[one.name], seen.atMs),
        })),
      };
    case 'lease-set':
    case 'lease-gone': {
      const others = moment.subnets.filter(({ subnet }) => subnet !== seen.data.subnet);
      const { subnet, machine } = seen.data;
      const subnets = seen.type === 'lease-set' ? [...others, { subnet, machine }] : others;
      return { ...moment, subnets: subnets.sort((a, b) => order(a.machine, b.machine) || order(a.subnet, b.subnet)) };
    }
    case 'page-connected':
      return withPage(moment, seen.data.machine, (page) => ({ ...page, connected: true }));
    case 'page-disconnected':
      return withPage(moment, seen.data.machine, (page) => ({ ...page, connected: false }));
    case 'page-message': {
      const { machine, rows } = seen.data;
      return withPage(moment, machine, (page) => ({ ...page, beats: page.beats + 1, lastMs: seen.atMs, rows }));
    }
    default:
      return runAfter(clusterAfter(moment, seen), seen);
  }
}

/** Who looks later is told of what was decided before. */
function decidedAt({ atMs, wallMs, data: { decidedWallMs = wallMs } }: Extract<Seen, { type: 'decision' }>): number {
  return atMs - (wallMs - decidedWallMs);
}

/** What a scenario states and does. */
function runAfter(moment: Moment, seen: Seen): Moment {
  switch (seen.type) {
    case 'run':
      return { ...moment, scenario: seen.data.scenario, phase: undefined, faults: [], verdict: undefined };
    case 'phase':
      return { ...moment, phase: seen.data.name };
    case 'fault': {
      const { id, machine, name, action } = seen.data;
      const faults = [...moment.faults.filter((one) => one.id !== id), { id, machine, name }];
      const state = stateUnderFault[action.kind];
      const next = { ...moment, faults };
      return state === undefined ? next : withMachine(next, machine, (one) => machineAfter(one, { state }, seen.atMs));
    }
    case 'fault-undone': {
      const { id, machine, action } = seen.data;
      const next = { ...moment, faults: moment.faults.filter((one) => one.id !== id) };
      if (stateUnderFault[action.kind] === undefined) return next;
      return withMachine(next, machine, (one) => machineAfter(one, { state: 'running' }, seen.atMs));
    }
    // One that was broken off has no verdict.
    case 'deed':
      if (seen.data.endsScenario !== true || moment.verdict !== undefined) return moment;
      return { ...moment, scenario: undefined, phase: undefined, faults: [] };
    case 'verdict':
      return { ...moment, verdict: { verdict: seen.data.verdict, sentence: seen.data.sentence ?? '' } };
    default:
      return moment;
  }
}

/** Of a lab that is not up nothing is known but its machines, which do not run. */
function labAfter(moment: Moment, lab: { readonly name: string; readonly state: 'up' | 'down' | 'gone' }): Moment {
  if (lab.state === 'up') return { ...moment, lab };
  const state = lab.state === 'gone' ? 'absent' : 'stopped';
  const machines = moment.machines.map((one): MachineNow => ({
    ...one,
    state,
    etcd: 'away',
    engine: false,
    listed: false,
    presence: undefined,
    silentSinceMs: one.silentSinceMs ?? moment.atMs,
  }));
  const { units, keys, subnets, pages, ttls, unseen, faults } = nothingSeen;
  const decisions = lab.state === 'gone' ? nothingSeen.decisions : moment.decisions;
  return { ...moment, lab, decisions, machines, units, keys, subnets, pages, ttls, unseen, faults };
}

/** Without them a machine renews its leases all the same. */
const heard = new Set(['running', 'losing packets', 'slow CPU', 'slow disk', 'disk full']);

function machineAfter(one: MachineNow, facts: Partial<MachineFacts>, atMs: number): MachineNow {
  const { machine: _, ...rest } = facts;
  const next = { ...one, ...rest };
  const silent = !heard.has(next.state);
  return { ...next, silentSinceMs: silent ? (one.silentSinceMs ?? atMs) : undefined };
}

function withPage(moment: Moment, machine: string, change: (page: PageNow) => PageNow): Moment {
  const fresh: PageNow = { machine, connected: false, beats: 0, lastMs: undefined, rows: 0 };
  const found = moment.pages.find((one) => one.machine === machine) ?? fresh;
  const others = moment.pages.filter((one) => one.machine !== machine);
  return { ...moment, pages: [...others, change(found)].sort((a, b) => order(a.machine, b.machine)) };
}

function sampled(lease: LeaseLeft | undefined, atMs: number): (LeaseLeft & { atMs: number }) | undefined {
  return lease === undefined ? undefined : { ...lease, atMs };
}
