import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { LabError } from '#errors/lab-error.ts';
import { killIfThere } from '../ground/kill-if-there.ts';
import type { MachinePaths } from '../ground/lab-paths.ts';
import { bridge } from '../ground/lab-network.ts';
import { waitUntil } from '../wait-until.ts';
import { isMounted } from './disk-image.ts';
import { textOrEmpty } from '../../host/text-or-empty.ts';

/** A running systemd-nspawn and the machine's PID 1 behind it. */
export interface MachineProcess {
  readonly nspawn: ChildProcess;
  readonly initPid: number;
  readonly ended: Promise<NspawnEnd>;
}

/** `reboot`: the machine asked for it (nspawn exits with 133 under --keep-unit). */
export type NspawnEnd = 'poweroff' | 'reboot' | 'killed';

const rebootExitCode = 133;
/** On a host that is not slow. */
const initDeadlineMs = 15_000;

/** What systemd-nspawn's default filter lacks for a Docker engine: session keyrings and cgroup BPF programs. */
const dockerSystemCalls = ['add_key', 'keyctl', 'bpf'];

/**
 * Starts systemd-nspawn, and waits until PID 1 of the machine answers.
 * @throws LabError `command.nspawn`, `timeout.condition`
 */
export async function startMachineProcess(args: {
  machine: string;
  machineId: string;
  paths: MachinePaths;
  cgroupProcs: readonly string[];
  lxcfsDir: string;
  /** How many times slower than usual this host is. */
  stretch: number;
}): Promise<MachineProcess> {
  const { machine, paths } = args;
  await unmountSharedDirectories(machine);
  await mkdir(paths.dir, { recursive: true });
  await copyFile(paths.consoleLog, `${paths.consoleLog}.1`).catch(() => undefined);
  await rm(paths.consoleLog, { force: true });
  const nspawnArgs = [
    '--quiet',
    '--register=no',
    '--keep-unit',
    `--directory=${paths.root}`,
    `--machine=${machine}`,
    `--hostname=${machine}`,
    `--network-bridge=${bridge}`,
    '--resolv-conf=off',
    '--timezone=off',
    '--link-journal=no',
    '--console=pipe',
    ...dockerSystemCalls.map((call) => `--system-call-filter=${call}`),
    `--bind=${paths.docker}:/var/lib/docker`,
    `--bind-ro=${args.lxcfsDir}:/var/lib/lxcfs`,
    // Behind /etc, where the machine's own Ignition config says what it began with.
    `--bind-ro=${paths.dockerCores}:/usr/local/lib/systemd/system/docker.service.d/20-cores.conf`,
    `--uuid=${args.machineId}`,
    '--boot',
  ];
  // The shell puts itself into the machine's cgroups before it becomes nspawn: nothing of the machine runs outside.
  const joinCgroups = args.cgroupProcs.map((file) => `echo $$ > ${file}`).join(' && ');
  const log = openSync(paths.consoleLog, 'a');
  const nspawn = spawn('/bin/sh', ['-c', `${joinCgroups} && exec systemd-nspawn "$@"`, 'sh', ...nspawnArgs], {
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  const ended = new Promise<NspawnEnd>((resolve) => {
    nspawn.once('error', () => resolve('killed'));
    nspawn.once('exit', (code) => resolve(code === rebootExitCode ? 'reboot' : code === 0 ? 'poweroff' : 'killed'));
  });
  const initPid = await waitForInit(machine, nspawn, paths, initDeadlineMs * args.stretch);
  return { nspawn, initPid, ended };
}

/**
 * PID 1 of the machine is nspawn's only lasting child; commands can be run in it once its bus listens. The child that lasts
 * a moment is in this PID namespace and still has this root directory.
 */
async function waitForInit(
  machine: string,
  nspawn: ChildProcess,
  paths: MachinePaths,
  deadlineMs: number,
): Promise<number> {
  let init = 0;
  await waitUntil({
    condition: `PID 1 of ${machine} answers`,
    deadlineMs,
    everyMs: 15,
    evidence: () => lastLines(paths.consoleLog, 15),
    next: `look at ${paths.consoleLog}`,
    check: () => {
      if (nspawn.exitCode !== null || nspawn.pid === undefined) {
        throw new LabError({
          code: 'command.nspawn',
          cause: `systemd-nspawn of ${machine} ended with exit code ${nspawn.exitCode ?? 'none'} before its PID 1 answered`,
          evidence: lastLines(paths.consoleLog, 15),
          next: `look at ${paths.consoleLog}`,
        });
      }
      const children = textOrEmpty(`/proc/${nspawn.pid}/task/${nspawn.pid}/children`).split(' ').map(Number);
      const inits = children.filter((pid) => isNamespaceInit(textOrEmpty(`/proc/${pid}/status`)));
      init = inits.find((pid) => existsSync(`/proc/${pid}/root/run/dbus/system_bus_socket`)) ?? 0;
      return init > 0;
    },
  });
  return init;
}

/**
 * Whether a process is PID 1 of a PID namespace below this one, by its /proc/PID/status: `NSpid:` has its PID in each
 * namespace, from the reader's on (proc_pid_status(5)). Pure.
 */
export function isNamespaceInit(status: string): boolean {
  const pids = /^NSpid:\s+(.+)$/m.exec(status)?.[1]?.trim().split(/\s+/) ?? [];
  return pids.length > 1 && pids.at(-1) === '1';
}

const sigRtMin = 34;

/** SIGRTMIN+4 asks systemd as PID 1 for poweroff.target (systemd(1), "Signals"). */
export function askForPoweroff(process_: MachineProcess): void {
  killIfThere(process_.initPid, sigRtMin + 4);
}

/** SIGRTMIN+5 asks systemd as PID 1 for reboot.target (systemd(1), "Signals"). */
export function askForReboot(initPid: number): void {
  killIfThere(initPid, sigRtMin + 5);
}

function lastLines(file: string, count: number): string[] {
  return textOrEmpty(file).trimEnd().split('\n').slice(-count);
}

/**
 * Unmounts what a killed systemd-nspawn has left of the directories it shares with its host, in this mount namespace. It
 * refuses to start a machine whose directory is a mount point already: `unix-export/MACHINE`, for sockets, from version 254
 * on (systemd's NEWS).
 * @param nspawnDir has a directory for each purpose, and in it one for each machine
 */
export async function unmountSharedDirectories(machine: string, nspawnDir = '/run/systemd/nspawn'): Promise<void> {
  const purposes = await readdir(nspawnDir, { withFileTypes: true }).catch(() => []);
  for (const { name } of purposes.filter((entry) => entry.isDirectory())) {
    const directory = join(nspawnDir, name, machine);
    while (await isMounted(directory)) await execa('umount', ['--recursive', '--lazy', directory]);
  }
}
