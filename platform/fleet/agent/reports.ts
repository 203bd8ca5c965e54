import type { StateRecord } from '../registry/records.ts';
import type { DesiredUnit } from './desired.ts';
import { isUp, type CurrentUnit } from './plan.ts';

/** What this machine says about its units: those it has, and those it should have but could not get. */
export function reportUnits(
  machineId: string,
  desired: readonly DesiredUnit[],
  current: readonly CurrentUnit[],
  causeOf: (unit: string, hash: string) => string | undefined,
): StateRecord[] {
  const wanted = new Map(desired.map((d) => [d.name, d]));
  const reports = new Map<string, StateRecord>();
  for (const unit of current) {
    const want = wanted.get(unit.name);
    const cause = want && causeOf(unit.name, want.hash);
    const { load = '', active = 'inactive', sub = 'dead' } = unit.observed ?? {};
    // "loaded" is said only once the unit has really stopped: `fleetctl stop` waits for it. What systemd runs on its own account was not launched.
    const isOurs = unit.started || (unit.ending && isUp(unit)) || active === 'deactivating';
    const job = isOurs ? 'launched' : 'loaded';
    reports.set(unit.name, {
      unit: unit.name,
      machineId,
      hash: unit.hash,
      load,
      active,
      sub,
      job: cause === undefined ? job : (want?.wanted ?? job),
      ...(cause !== undefined && { message: cause }),
    });
  }
  for (const want of desired) {
    const cause = causeOf(want.name, want.hash);
    if (reports.has(want.name) || cause === undefined) continue;
    const dead = { load: 'error', active: 'inactive', sub: 'dead' };
    reports.set(want.name, { unit: want.name, machineId, hash: want.hash, ...dead, job: want.wanted, message: cause });
  }
  return [...reports.values()];
}
