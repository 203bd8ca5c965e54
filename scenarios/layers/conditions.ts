import { serviceKey } from '#platform/etcd/keys/service-keys.ts';
import type { Condition } from '#provision/cluster/conditions/conditions.ts';
import { allUnits } from '../stack/stack.ts';
import { type ClusterView, runningOn, viewChangeTypes } from '../harness/record/cluster-view.ts';
import { eventsOf } from '../harness/record/events-of.ts';
import { isInitial } from '../harness/record/is-initial.ts';
import type { RunEvent } from '../harness/record/run-event.ts';
import { appTimers } from '../harness/prediction/stated-timers.ts';
import { seconds } from '#errors/seconds.ts';
import type { ScenarioContext } from '../scenario.ts';
import type { Layer } from './layer.ts';

/** An app that saw a new key ends within its burst and its hurry, and is late by little; a page before that is its old self. */
const appEndsMs = appTimers.burstMs + appTimers.hurryMs + 300;
/** Nothing may have changed for so long: longer than the RestartSec of everything that restarts in answer. */
const quietMs = 3_000;

/**
 * The whole stack is as it should be after a layer was lost: its process is another one, every unit runs, every key tells its
 * service's address, etcd is healthy, and the page on every machine shows rows that change.
 */
export function recovered(context: ScenarioContext, layer: Layer, machine: string, before: Before): Condition {
  const { lab, events } = context;
  const machines = lab.machines.map(({ name }) => name);
  return {
    name: `everything runs again without ${layer.name}'s old process`,
    missing: async () => {
      // What costs a command on the machines comes last.
      const quiet = context.now() - Math.max(before.atMs, lastChange(events));
      const fresh = pagesFreshFrom(events, before.atMs);
      const asked = async (...conditions: Condition[]) => {
        for (const condition of conditions) {
          const lacking = await condition.missing();
          if (lacking !== undefined) return lacking;
        }
        return undefined;
      };
      return (
        viewMissing(lab.fleet.view, machines) ??
        (quiet < quietMs ? `the last change was ${seconds(quiet)} ago` : undefined) ??
        (await asked(lab.page.showsRows(machines.length, fresh), lab.page.changes(fresh), lab.etcd.healthy())) ??
        ((await mainProcess(context, machine, layer.unit)) === before.process
          ? `${layer.unit} on ${machine} has not restarted yet`
          : await wrongKey(context, lab.fleet.view))
      );
    },
  };
}

export interface Before {
  readonly atMs: number;
  /** State and main process of the unit, as `mainProcess` gives them. */
  readonly process: string;
}

/** Tells two starts of a unit from each other. */
export async function mainProcess(context: ScenarioContext, machine: string, unit: string): Promise<string> {
  const under = await context.lab.machine(machine);
  const shown = await under.exec(['systemctl', 'show', '-p', 'ActiveState,MainPID', '--value', unit]);
  return shown.stdout.trim();
}

/** What fleet still misses; undefined when all machines are there and every unit runs where it is wanted. Pure. */
export function viewMissing(view: ClusterView, machines: readonly string[]): string | undefined {
  const absent = machines.filter((name) => !view.machines.includes(name));
  if (absent.length > 0) return `fleet does not list ${absent.join(', ')}`;
  const waiting = allUnits.filter((unit) => runningOn(view, unit) === undefined);
  return waiting.length === 0 ? undefined : `not running: ${waiting.join(', ')}`;
}

/** From when on (ms of the run) a page's message is of the page that will stay: after the last announcement. Pure. */
export function pagesFreshFrom(events: readonly RunEvent[], faultMs: number): number {
  const set = eventsOf(events, 'key-set').filter((event) => !isInitial(event));
  const last = set.at(-1)?.atMs ?? -Infinity;
  return last >= faultMs ? last + appEndsMs : faultMs;
}

/** When units, keys or machines changed last, ms of the run. Pure. */
export function lastChange(events: readonly RunEvent[]): number {
  return eventsOf(events, ...viewChangeTypes).at(-1)?.atMs ?? 0;
}

/** The first discovery key that does not tell the address of its container; undefined when all do. */
async function wrongKey(context: ScenarioContext, view: ClusterView): Promise<string | undefined> {
  for (const kind of ['couchbase', 'memcached'])
    for (const unit of allUnits.filter((name) => name.startsWith(`${kind}@`))) {
      const instance = unit.slice(kind.length + 1, -'.service'.length);
      const key = serviceKey(kind, instance);
      const value = view.keys[key];
      if (value === undefined) return `${key} is not set`;
      const home = runningOn(view, unit);
      const real = home === undefined ? undefined : await containerAddress(context, home, `${kind}-${instance}`);
      if (real !== value) return `${key} says ${value}, ${unit} is at ${real ?? 'no address'}`;
    }
  return undefined;
}

async function containerAddress(
  context: ScenarioContext,
  machine: string,
  container: string,
): Promise<string | undefined> {
  const under = await context.lab.machine(machine);
  const shown = await under.exec(['docker', 'inspect', '-f', '{{.NetworkSettings.IPAddress}}', container]);
  return shown.exitCode === 0 ? shown.stdout.trim() || undefined : undefined;
}
