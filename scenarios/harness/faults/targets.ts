import { type ClusterView, runningOn } from '../record/cluster-view.ts';
import { missingTarget, noTarget, unitOfTarget } from '../record/target-form.ts';

/** What a target can be resolved against: the cluster as it is now. */
export interface TargetScene {
  readonly view: ClusterView;
  readonly machines: readonly string[];
  readonly engineLeader: string | undefined;
  readonly etcdLeader: string | undefined;
  /** Machines that are under a fault already. */
  readonly faulted: readonly string[];
}

/**
 * A machine by name or role: `core-02`, `machine running couchbase@1`, `engine leader`, `etcd leader`, `any other` (the
 * first by name that is under no fault). Pure.
 * @throws LabError `missing.target`
 */
export function resolveTarget(target: string, scene: TargetScene): string {
  const { machines } = scene;
  if (machines.includes(target)) return target;
  const running = unitOfTarget(target);
  if (running !== undefined) return runs(running, scene);
  switch (target) {
    case 'engine leader':
      return scene.engineLeader ?? none(target, "nobody leads fleet's engine now");
    case 'etcd leader':
      return scene.etcdLeader ?? none(target, 'etcd has no leader now');
    case 'any other':
      return machines.find((name) => !scene.faulted.includes(name)) ?? none(target, 'every machine is under a fault');
    default:
      throw noTarget(target, machines);
  }
}

function runs(name: string, { view }: TargetScene): string {
  const unit = name.endsWith('.service') ? name : `${name}.service`;
  const home = runningOn(view, unit);
  if (home !== undefined) return home;
  const running = view.units.filter(({ name: one }) => runningOn(view, one) !== undefined).map((one) => one.name);
  return none(`machine running ${name}`, `units that run: ${running.join(', ') || 'none'}`);
}

function none(target: string, why: string): never {
  throw missingTarget(target, why);
}
