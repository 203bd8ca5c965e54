import { LabError } from '#errors/lab-error.ts';
import type { LabConfig } from '../../config/lab-config.ts';
import type { MachineProvider } from '../../machines/machine-provider.ts';
import { lookAtMembers } from '../members/look-at-members.ts';
import type { ConfigChange } from './config-changes.ts';
import { planChanges } from './plan-changes.ts';
import { readConfigInForce } from './read-in-force.ts';

/** What the lab is from now on, and what of config.rb and lab.toml does not hold with it. */
export interface AdoptedConfig {
  /** What the lab was made of until now; undefined where there is none. */
  readonly inForce: LabConfig | undefined;
  readonly config: LabConfig;
  readonly later: readonly ConfigChange[];
}

/**
 * What a lab becomes of a configuration that may have been changed since it was made. Looks only: nothing is touched yet.
 * To be called under the lab's lock.
 * @param providerOf the provider of a configuration
 * @param names the machines that are to come up; undefined: all
 * @throws LabError `state.machine-set` where a machine, or etcd's data, would be lost
 */
export async function adoptChanges(
  written: LabConfig,
  providerOf: (config: LabConfig) => Pick<MachineProvider, 'status'>,
  names: readonly string[] | undefined,
): Promise<AdoptedConfig> {
  const inForce = await readConfigInForce(written);
  if (inForce === undefined) return { inForce, config: written, later: [] };
  const { machines } = await providerOf(inForce).status();
  const running = inForce.machines.filter(({ name }) =>
    machines.some((machine) => machine.name === name && machine.state === 'running'),
  );
  const someGo = inForce.machines.some(({ name }) => !written.machines.some((machine) => machine.name === name));
  const addresses = running.map(({ address }) => address);
  const view = someGo && addresses.length > 0 ? await lookAtMembers(addresses, written.stretch) : undefined;
  const plan = planChanges({ inForce, written, machines, names, members: view?.members.length });
  if (plan.kind === 'go') return { inForce, config: plan.config, later: plan.later };
  throw new LabError({ code: 'state.machine-set', cause: plan.cause, next: plan.next });
}
