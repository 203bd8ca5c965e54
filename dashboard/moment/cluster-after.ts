import { serviceKey } from '#platform/etcd/keys/service-keys.ts';
import type { UnitView } from '#scenarios/harness/record/cluster-view.ts';
import { type KeyNow, type Moment, nothingSeen } from './moment.ts';
import type { Seen } from './seen.ts';
import { unitParts } from './unit-parts.ts';
import { order, withMachine } from './with-machine.ts';

/** The moment after what fleet and the discovery keys said. Pure. */
export function clusterAfter(moment: Moment, seen: Seen): Moment {
  switch (seen.type) {
    case 'machine-present':
    case 'machine-gone':
      return listed(moment, seen.data.machine, seen.type === 'machine-present');
    case 'unit-target': {
      const { unit, to, reason } = seen.data;
      return withUnit(moment, unit, (one) => ({ ...one, target: to ?? undefined, reason: reason ?? undefined }));
    }
    case 'unit-state': {
      const { unit, machine, state } = seen.data;
      return withUnit(moment, unit, (one) => {
        const others = one.states.filter((published) => published.machine !== machine);
        return { ...one, states: state === null ? others : [...others, { machine, state }].sort(byMachine) };
      });
    }
    case 'key-set': {
      const { key, value } = seen.data;
      const set: KeyNow = { key, value, sinceMs: seen.atMs, lease: undefined };
      return { ...moment, keys: [...without(moment.keys, key), set].sort((a, b) => order(a.key, b.key)) };
    }
    case 'key-gone':
      return { ...moment, keys: without(moment.keys, seen.data.key) };
    case 'key-ttl': {
      const key = announcedBy(seen.data.unit);
      return key === undefined ? moment : { ...moment, ttls: { ...moment.ttls, [key]: seen.data.ttlMs } };
    }
    case 'watch-unanswered':
      return { ...moment, unseen: seen.data.error };
    case 'watch-answered':
      return { ...moment, unseen: nothingSeen.unseen };
    default:
      return moment;
  }
}

/** The key that a sidekick keeps: `/services/couchbase/1` of `couchbase-sidekick@1.service`; undefined for other units. */
function announcedBy(unit: string): string | undefined {
  const { kind, instance, sidekick } = unitParts(unit);
  return sidekick && instance !== undefined ? serviceKey(kind, instance) : undefined;
}

function listed(moment: Moment, name: string, is: boolean): Moment {
  if (!is && !moment.machines.some((one) => one.name === name)) return moment;
  return withMachine(moment, name, (one) => ({ ...one, listed: is }));
}

function withUnit(moment: Moment, name: string, change: (unit: UnitView) => UnitView): Moment {
  const fresh: UnitView = { name, target: undefined, states: [], reason: undefined };
  const found = moment.units.find((one) => one.name === name) ?? fresh;
  const others = moment.units.filter((one) => one.name !== name);
  const next = change(found);
  // What fleet neither wants nor hears of, and has no reason to say, is not one of its units any more.
  const gone = next.target === undefined && next.reason === undefined && next.states.length === 0;
  return { ...moment, units: gone ? others : [...others, next].sort((a, b) => order(a.name, b.name)) };
}

function without(keys: readonly KeyNow[], key: string): KeyNow[] {
  return keys.filter((one) => one.key !== key);
}

function byMachine(a: { readonly machine: string }, b: { readonly machine: string }): number {
  return order(a.machine, b.machine);
}
