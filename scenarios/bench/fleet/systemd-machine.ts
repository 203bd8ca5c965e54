import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Hierarchy, hostHierarchies } from '#provision/machines/cgroup/hierarchies.ts';
import { cgroupProcesses, removeCgroup } from '#provision/machines/cgroup/machine-cgroup.ts';
import { waitUntil } from '#provision/machines/wait-until.ts';

/** A systemd of its own on this host, and perhaps a program beside it that takes it for the machine's. */
export interface SystemdMachine {
  /** As this host sees it. */
  readonly systemdPid: number;
  /** As this host sees it; undefined without a program. */
  readonly programPid: number | undefined;
  /** Its D-Bus socket, and the directory where it looks for unit files first. */
  readonly socket: string;
  readonly unitDirectory: string;
  /** How often the program, or one that it started, has run `systemctl`. */
  systemctlCalls(): Promise<number>;
  stop(): Promise<void>;
}

const wait = { deadlineMs: 60_000, everyMs: 20, next: 'npm run bench -- fleet' };

/**
 * Starts a systemd and, beside it, a program that finds it where a machine's is: its bus at `/run/systemd/private`, unit files in
 * `/run/systemd/system`. It is systemd's user manager (systemd(1), `--user`), with mounts and a cgroup of its
 * own: it does with services what the system's manager does. There is no journal: `journalctl` gives what this systemd
 * says of its units' starts and stops. Needs root.
 * @param directory an empty one for its files, not below /run, which is another one inside
 * @param program with all its arguments; none = systemd alone
 * @throws LabError `timeout.condition` when it has not come up
 */
export async function startSystemdMachine(directory: string, program: readonly string[] = []): Promise<SystemdMachine> {
  const at = (name: string): string => join(directory, name);
  const socket = at('runtime/systemd/private');
  const unitDirectory = at('runtime/systemd/user');
  for (const needed of [unitDirectory, at('bin')]) await mkdir(needed, { recursive: true, mode: 0o700 });
  await writeFile(at('systemd.log'), '');
  await standIn(at('bin/systemctl'), `echo >> '${at('systemctl.calls')}'; exec /usr/bin/systemctl "$@"`);
  await standIn(at('bin/journalctl'), `tail -n0 -F '${at('systemd.log')}' | sed -un '${journalLine}'`);
  const hierarchies = (await hostHierarchies()).filter(isSystemds);
  const cgroup = `coreos-lab-bench-${process.pid}-${randomBytes(4).toString('hex')}`;
  const groups = hierarchies.map(({ mount }) => join(mount, cgroup));
  for (const group of groups) await mkdir(group);
  const words = ['--mount', 'bash', '-c', bootScript, 'machine', directory, groups.join(' '), ...program];
  spawn('unshare', words, { stdio: ['ignore', 'ignore', 'inherit'] });
  const stop = async (): Promise<void> => {
    const isEmpty = async (): Promise<boolean> => {
      const pids = await cgroupProcesses(hierarchies, cgroup);
      for (const pid of pids) killOne(pid);
      return pids.length === 0;
    };
    await waitUntil({ ...wait, condition: 'the processes of a systemd have ended', check: isEmpty });
    await removeCgroup(hierarchies, cgroup);
  };
  try {
    const check = (): boolean => existsSync(at('pids'));
    await waitUntil({ ...wait, condition: `systemd listens at ${socket}`, check });
    const [systemdPid = 0, programPid] = (await readFile(at('pids'), 'utf8')).trim().split(' ').map(Number);
    return {
      systemdPid,
      programPid,
      socket,
      unitDirectory,
      systemctlCalls: () => linesOf(at('systemctl.calls')),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What systemd's journal lines have of a unit, of `Started x.service - description.` (systemd-journald.service(8), `UNIT=`). */
const journalLine = String.raw`s/.* \([^ ]*\.\(service\|socket\|timer\|path\|mount\)\).*/{"UNIT":"\1"}/p`;

/** systemd keeps its units in its own hierarchy, or in v2 (systemd.io/CGROUP_DELEGATION). */
function isSystemds({ version, controllers }: Hierarchy): boolean {
  return version === 2 || controllers.includes('name=systemd');
}

/** Arguments: the machine's directory, its cgroups, the program. */
const bootScript = `
set -e
dir=$1
for group in $2; do echo $$ > "$group/cgroup.procs"; done
shift 2
mount -t tmpfs tmpfs /run
mkdir /run/systemd
ln -s "$dir/runtime/systemd/user" /run/systemd/system
ln -s "$dir/runtime/systemd/private" /run/systemd/private
env -i XDG_RUNTIME_DIR="$dir/runtime" HOME="$dir/runtime" PATH="$PATH" \
  /lib/systemd/systemd --user --log-target=console > "$dir/systemd.log" 2>&1 &
pids=$!
until [ -S "$dir/runtime/systemd/private" ]; do sleep 0.02; done
if [ $# -gt 0 ]; then
  PATH="$dir/bin:$PATH" "$@" &
  pids="$pids $!"
fi
echo "$pids" > "$dir/pids.new"
mv "$dir/pids.new" "$dir/pids"
wait
`;

async function standIn(path: string, line: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\n${line}\n`);
  await chmod(path, 0o755);
}

async function linesOf(path: string): Promise<number> {
  return (await readFile(path, 'utf8').catch(() => '')).split('\n').length - 1;
}

function killOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
