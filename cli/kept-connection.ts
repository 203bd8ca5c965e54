import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Lab } from '#provision/cluster/lab.ts';
import { hostHierarchies } from '#provision/machines/cgroup/hierarchies.ts';
import { machineInitPid } from '#provision/machines/cgroup/machine-init.ts';
import { findSupervisor } from '#provision/machines/ground/supervisor-process.ts';
import { sshArguments } from './ssh-arguments.ts';

/** How long a connection stays that nobody uses, seconds. */
const idleS = 300;
/** After how long without a word it asks the machine for one, and how often before it gives up; seconds on machines that are not slow. */
const aliveS = 5;
const aliveCount = 2;
/** ssh(1): what its own failures end with. */
export const sshFailed = 255;

/** Whether `lab ssh MACHINE ...ARGS` is a command and nothing else: with options of ssh, or none of both, it is a connection of its own. Pure. */
export function isCommand([first]: readonly string[]): boolean {
  return first !== undefined && (first === '--' || !first.startsWith('-'));
}

export interface KeptConnection {
  /** For ssh and scp: the connection to use. None where each command connects by itself. */
  readonly options: readonly string[];
  /** What ssh said where there is no way to the machine; undefined: there is one. */
  readonly failed: string | undefined;
}

/** Each command connects by itself. */
export const ownConnection: KeptConnection = { options: [], failed: undefined };

/**
 * A connection to a container machine that stays between commands, opened where there is none: a handshake costs both sides more than a
 * command does (docs/decisions/101). It is of this boot of the machine, whose next one has another name, and ends with the lab, for it is a
 * process of the lab's PID namespace. A virtual machine has none: nothing on this host tells one boot of it from the next.
 */
export async function keptConnection(
  lab: Pick<Lab, 'config' | 'paths'>,
  machine: { readonly name: string; readonly address: string },
): Promise<KeptConnection> {
  if (lab.config.provider !== 'nspawn') return ownConnection;
  const boot = await machineInitPid(await hostHierarchies(), join(lab.paths.cgroup, machine.name));
  if (boot === undefined) return ownConnection;
  const directory = join(lab.paths.runDir, 'ssh');
  const socket = join(directory, `${machine.name}-${boot}`);
  // One that died has taken its socket with it; where it could not, ssh connects by itself.
  const options = ['-o', `ControlPath=${socket}`];
  if (existsSync(socket)) return { options, failed: undefined };
  const inside = findSupervisor(lab.paths)?.init;
  if (inside === undefined) return ownConnection;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const ofOtherBoots = (await readdir(directory)).filter((entry) => isOtherBoot(entry, machine.name, boot));
  await Promise.all(ofOtherBoots.map((entry) => rm(join(directory, entry), { force: true })));
  const opening = ['nsenter', '-t', String(inside), '-p', '--', 'ssh', ...stays(lab.config, socket)];
  // Of two commands at once the second finds the first one's. -o: what stays must not hold the lock.
  const once = ['-o', `${socket}.lock`, 'sh', '-c', 'test -S "$0" || exec "$@"', socket];
  const { exitCode, stderr } = await execa('flock', [...once, ...opening, ...sshArguments(lab, machine)], {
    stdin: 'ignore',
    stdout: 'ignore',
    reject: false,
  });
  if (exitCode === sshFailed) return { options: [], failed: stderr };
  return exitCode === 0 ? { options, failed: undefined } : ownConnection;
}

/** Whether a file was left by a lab that was killed, or by the machine's former boots. Pure. */
function isOtherBoot(entry: string, machine: string, boot: number): boolean {
  return entry.startsWith(`${machine}-`) && entry !== `${machine}-${boot}` && entry !== `${machine}-${boot}.lock`;
}

/** ssh_config(5). Pure. */
function stays(config: Lab['config'], socket: string): string[] {
  const settings = [
    'ControlMaster=yes',
    `ControlPath=${socket}`,
    `ControlPersist=${idleS}`,
    'BatchMode=yes',
    `ServerAliveInterval=${Math.ceil(aliveS * config.stretch)}`,
    `ServerAliveCountMax=${aliveCount}`,
  ];
  return ['-f', '-N', ...settings.flatMap((setting) => ['-o', setting])];
}
