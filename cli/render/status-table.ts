import type { LabStatus } from '#provision/cluster/status.ts';
import { table } from './table.ts';

/** What `lab status` shows: a row a machine, then what is not as it is written. Pure. */
export function statusTable(status: LabStatus): string {
  const rows = status.machines.map((machine) => [
    machine.name,
    machine.address,
    machine.state,
    machine.etcd ?? '-',
    machine.fleet ?? '-',
    machine.note ?? '',
  ]);
  return table(['MACHINE', 'ADDRESS', 'STATE', 'ETCD', 'FLEET', ''], rows);
}
