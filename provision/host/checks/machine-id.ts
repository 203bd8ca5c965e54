import { type Check, fail, ok } from '../check.ts';

/** systemd-nspawn derives the hardware addresses of machines from it, and does not start without (machine-id(5)). */
export const machineId: Check = {
  id: 'machine-id',
  title: 'Machine ID',
  run(probe) {
    const id = probe.read('/etc/machine-id')?.trim() ?? '';
    if (/^[0-9a-f]{32}$/.test(id)) return ok('/etc/machine-id is there');
    const detail = id === '' ? 'this host has no /etc/machine-id' : '/etc/machine-id is not 32 hex digits';
    return fail(`${detail}, from which the machines' hardware addresses come`, 'systemd-machine-id-setup');
  },
};
