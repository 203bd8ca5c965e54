import * as z from 'zod/mini';
import { LabError } from '#errors/lab-error.ts';
import type { Subnet } from './ipv4.ts';
import type { SubnetLease } from './lease-record.ts';
import { readRows, type Run } from './run-command.ts';

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
  const failures: unknown[] = [];
  for (const [command, ...args] of commands) {
    if (command !== undefined) await run(command, args).catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
  return commands.map((words) => words.join(' '));
}

const linkRow = z.object({ mtu: z.int(), address: z.optional(z.string()) });

/** An interface's MTU (bytes) and, if it has one, its MAC, by `ip -j link show`. @throws LabError `command.failed`, `command.output` */
export async function linkOf(run: Run, iface: string): Promise<z.infer<typeof linkRow>> {
  const json = await run('ip', ['-j', 'link', 'show', 'dev', iface]);
  const [link] = readRows(json, linkRow);
  if (link === undefined) throw unreadable(iface, json);
  return link;
}

/** @throws LabError as `linkOf`, also when the interface has no MAC */
export async function macOf(run: Run, iface: string): Promise<string> {
  const { address } = await linkOf(run, iface);
  if (address === undefined) throw unreadable(iface, 'no address');
  return address;
}

function unreadable(iface: string, evidence: string): LabError {
  return new LabError({
    code: 'command.output',
    cause: `ip -j link show does not tell what interface ${iface} is like`,
    evidence: [evidence],
    next: `ip -j link show dev ${iface}`,
  });
}
