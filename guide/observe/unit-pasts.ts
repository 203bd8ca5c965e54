import { LabError } from '#errors/lab-error.ts';
import type { Lab } from '#provision/cluster/lab.ts';
import type { UnitPast } from '../conditions/happened.ts';
import { labFleet } from '../../scenarios/harness/watch/lab-fleet.ts';
import { observeSystemd } from './systemd.ts';

/** Of one request; slow machines get `stretch` times as long. */
const requestDeadlineMs = 2_000;

/** The past of every unit that fleet has; nothing where fleet does not answer. */
export async function unitPasts(lab: Lab): Promise<UnitPast[]> {
  const { config } = lab;
  const { machines } = await lab.status();
  const running = machines.filter(({ state }) => state === 'running');
  // Without a quorum fleet takes seconds to say so.
  if (!running.some(({ etcd }) => etcd === 'healthy')) return [];
  const addresses = running.map(({ address }) => address);
  const fleet = labFleet(config, addresses, requestDeadlineMs * config.stretch);
  try {
    const [members, units] = await Promise.all([fleet.listMachines(), fleet.listUnits()]);
    const addressOf = new Map(members.map(({ id, primaryIP }) => [id, primaryIP]));
    const places = units.flatMap(({ name, machineID = '' }) => {
      const machine = running.find(({ address }) => address === addressOf.get(machineID));
      return machine === undefined ? [] : [{ unit: name, machine: machine.name }];
    });
    const [told, systemd] = await Promise.all([
      Promise.all(units.map(async ({ name }) => ({ unit: name, why: await fleet.why(name) }))),
      observeSystemd(lab.provider(), places),
    ]);
    return told.map(({ unit, why }) => ({ unit, decisions: why?.decisions ?? [], systemd: systemd[unit] }));
  } catch (error) {
    // It went while it was asked: a check says so itself.
    if (error instanceof LabError) return [];
    throw error;
  }
}
