import { serviceKey } from '#platform/etcd/keys/service-keys.ts';
import { type ClusterView, runningOn } from '../record/cluster-view.ts';

/** The unit whose failover is timed, and what announces it. */
export interface Subject {
  readonly unit: string;
  /** Its discovery key and the value that key had before the fault. */
  readonly key?: { readonly name: string; readonly old: string | undefined };
}

/**
 * Of what runs on the machine: Couchbase, else a memcached, else the worker. Undefined when only web units run there:
 * nothing of the kind moves, since the other machines have a web unit already.
 */
export function subjectOf(view: ClusterView, machine: string): Subject | undefined {
  const here = view.units.map(({ name }) => name).filter((name) => runningOn(view, name) === machine);
  const unit =
    here.find((name) => name.startsWith('couchbase@')) ??
    here.find((name) => name.startsWith('memcached@')) ??
    here.find((name) => name === 'worker.service');
  if (unit === undefined) return undefined;
  const [, service, instance] = /^([^@]+)@([^.]+)\.service$/.exec(unit) ?? [];
  if (service === undefined || instance === undefined) return { unit };
  const name = serviceKey(service, instance);
  return { unit, key: { name, old: view.keys[name] } };
}

/** The units of a machine that another machine can take: all but a web unit, since each machine has one. */
export function movableUnits(view: ClusterView, machine: string): string[] {
  const here = view.units.map(({ name }) => name).filter((name) => runningOn(view, name) === machine);
  return here.filter((name) => !name.startsWith('web@'));
}
