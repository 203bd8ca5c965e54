import type { Subnet } from './ipv4.ts';
import type { SubnetLease } from './lease-record.ts';
import type { Run } from './run-command.ts';

/** How packets reach the other machines' subnets. */
export interface Backend {
  /** Before the lease: what the lease must say, and the MTU for Docker's bridge (bytes). */
  prepare(): Promise<{ mtu: number; vtepMac?: string }>;
  /** Once the machine's own subnet is known. */
  start(own: Subnet): Promise<void>;
  /** Make the kernel agree with the leases; returns the commands it took. May be repeated at any time. */
  apply(own: Subnet, leases: readonly SubnetLease[]): Promise<string[]>;
}

/** Runs `ip` commands in turn. One that fails does not keep the others from running; the first error is thrown at the end. */
export async function runAll(run: Run, commands: readonly (readonly string[])[]): Promise<string[]> {
  let failure: unknown;
  for (const [command = '', ...args] of commands) {
    await run(command, args).catch((error: unknown) => (failure ??= error));
  }
  if (failure !== undefined) throw failure as Error;
  return commands.map((words) => words.join(' '));
}

/** MTU and MAC of an interface, by `ip -j link show`. */
export async function linkOf(run: Run, iface: string): Promise<{ mtu: number; mac: string }> {
  const rows = JSON.parse(await run('ip', ['-j', 'link', 'show', 'dev', iface])) as {
    mtu?: number;
    address?: string;
  }[];
  return { mtu: rows[0]?.mtu ?? 1500, mac: rows[0]?.address ?? '' };
}
