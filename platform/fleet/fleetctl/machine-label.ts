import type { FleetMachine } from '../client/fleet-client.ts';

/** `a1b2c3d4.../172.17.8.101`, the full id with `full`, `-` for none; a machine that is gone has no address. */
export function machineLabel(id: string | undefined, machines: readonly FleetMachine[], full = false): string {
  if (id === undefined || id === '') return '-';
  const ip = machines.find((m) => m.id === id)?.primaryIP;
  const shown = full ? id : `${id.slice(0, 8)}...`;
  return ip ? `${shown}/${ip}` : shown;
}
