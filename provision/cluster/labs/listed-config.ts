import type { LabConfig } from '../../config/lab-config.ts';
import { readConfigInForce } from '../in-force/read-in-force.ts';
import type { ListedLab } from './list-labs.ts';

/**
 * The configuration of a lab that is known by its state directory alone: what that says, and for all else (deadlines, where images
 * lie) what holds here. Enough to end it and to remove it, also when its checkout is gone.
 * @param here the configuration of any lab of this host
 */
export async function listedConfig(lab: ListedLab, here: LabConfig): Promise<LabConfig> {
  const guests = lab.provider === 'nspawn' ? undefined : lab.provider;
  const assumed: LabConfig = {
    ...here,
    name: lab.name,
    stateDir: lab.stateDir,
    provider: guests === undefined ? 'nspawn' : 'vagrant',
    ...(guests === undefined ? {} : { vagrant: { ...here.vagrant, hypervisor: guests } }),
  };
  return (await readConfigInForce(assumed)) ?? assumed;
}
