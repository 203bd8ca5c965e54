import { spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { LabError } from '#errors/lab-error.ts';
import { mustHave } from '#errors/must-have.ts';
import { waitUntil } from '../wait-until.ts';
import { hostHierarchies } from '../cgroup/hierarchies.ts';
import { createSupervisorCgroup } from '../cgroup/machine-cgroup.ts';
import { callSupervisor } from './control-client.ts';
import { loginFiles } from '../../image/upstream/registry-login.ts';
import type { LabPaths } from './lab-paths.ts';
import { uplinkLogins } from './uplink.ts';
import { parse } from '../../host/json-text.ts';
import { textOrEmpty } from '../../host/text-or-empty.ts';

const readyDeadlineMs = 15_000;
const endDeadlineMs = 10_000;

/** Host PIDs of a running supervisor. */
export interface SupervisorPids {
  /** `unshare`, which takes the whole PID namespace down with it (--kill-child). */
  readonly unshare: number;
  /** PID 1 of the lab's namespaces; undefined before it has begun. */
  readonly init: number | undefined;
}

/** For `sh -c`: enters the cgroups whose `cgroup.procs` files are listed in $0, and becomes the command of its arguments. */
const enterCgroups = 'for procs in $0; do echo $$ > "$procs" || exit 1; done; exec "$@"';

/** Of the caller's environment what its way to registries depends on (Go's net/http and crypto/x509, containers-auth.json(5)). */
const waysOut = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
];

/** What a supervisor has of its caller's that fetches images for the machines. Nothing else in the lab has either. */
function uplinkEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  const ways = waysOut.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
  return { ...Object.fromEntries(ways), [uplinkLogins]: loginFiles(env).join(':') };
}

/**
 * Starts the supervisor in namespaces and a cgroup of its own, so that it outlives the session or unit that called, and waits
 * until its control socket answers.
 * @param stretch how many times slower than usual this host is
 * @param hasUplink it is given the host's network at descriptor 3, for the process that fetches images
 * @throws LabError `command.supervisor` with the last lines of its log, `timeout.condition`
 */
export async function startSupervisor(
  paths: LabPaths,
  bundle: string,
  stretch: number,
  hasUplink = false,
): Promise<SupervisorPids> {
  await mkdir(paths.runDir, { recursive: true });
  await mkdir(paths.logDir, { recursive: true });
  await rm(paths.controlSocket, { force: true });
  const logFile = join(paths.logDir, 'supervisor.log');
  const log = openSync(logFile, 'a');
  const namespaces = ['--pid', '--fork', '--mount-proc', '--mount', '--net', '--kill-child=SIGKILL'];
  // tini is PID 1 of the namespace: it reaps what the machines' systemd-nspawns leave behind, which Node would not.
  const argv = [...namespaces, 'tini', '--', process.execPath, bundle, paths.specFile];
  // Nothing of the caller's environment: it would outlive the caller, and slow every Node start down that it configures.
  const env = { PATH: process.env['PATH'], LANG: 'C.UTF-8', ...(hasUplink ? uplinkEnvironment(process.env) : {}) };
  const uplink = hasUplink ? openSync('/proc/self/ns/net', 'r') : undefined;
  const hierarchies = await hostHierarchies();
  const roots = hierarchies.map(({ mount }) => join(mount, 'cgroup.procs')).join(' ');
  const own = (await createSupervisorCgroup(hierarchies, paths.cgroup)).join(' ');
  // A cgroup namespace that begins at the root shows every cgroup under its whole name. Whoever mounts the v2 hierarchy in it,
  // as lxcfs does, leaves the flags of the host's own mount alone: the kernel takes them from its first namespace only.
  const inOwnCgroup = ['-c', enterCgroups, roots, 'unshare', '--cgroup', 'sh', '-c', enterCgroups, own];
  const child = spawn('sh', [...inOwnCgroup, 'unshare', ...argv], {
    detached: true,
    cwd: '/',
    env,
    stdio: ['ignore', log, log, ...(uplink === undefined ? [] : [uplink])],
  });
  for (const opened of [log, uplink]) if (opened !== undefined) closeSync(opened);
  child.unref();
  const unshare = mustHave(child.pid, 'process of the supervisor');
  const evidence = () => textOrEmpty(logFile).trimEnd().split('\n').slice(-15);
  await waitUntil({
    condition: "the lab's supervisor answers on its control socket",
    deadlineMs: readyDeadlineMs * stretch,
    everyMs: 20,
    evidence,
    next: `look at ${logFile}`,
    check: async () => {
      if (child.exitCode === null && child.signalCode === null) return supervisorAnswers(paths, stretch);
      throw new LabError({
        code: 'command.supervisor',
        cause: `the lab's supervisor ended before it answered, with ${child.signalCode ?? `exit code ${child.exitCode}`}`,
        evidence: evidence(),
        next: `look at ${logFile}`,
      });
    },
  });
  return { unshare, init: childrenOf(unshare)[0] };
}

/** @param stretch how many times slower than usual this host is */
export async function supervisorAnswers(paths: LabPaths, stretch: number): Promise<boolean> {
  return callSupervisor(paths.controlSocket, 'GET', '/status', undefined, 1_000 * stretch).then(
    () => true,
    () => false,
  );
}

/**
 * The running supervisor's PIDs, or undefined when there is none. A PID that `lab up` wrote down spares a look at every process of the host;
 * it counts by the spec file that the process was started with. By that it is looked for where none does: a `lab up` that is killed right
 * after starting it wrote none.
 */
export function findSupervisor(paths: LabPaths): SupervisorPids | undefined {
  const noted = notedSupervisor(paths.supervisorFile);
  if (noted?.specFile === paths.specFile) return { unshare: noted.unshare, init: childrenOf(noted.unshare)[0] };
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!(pid > 0) || !isSupervisor(pid, paths) || commandLine(pid)[0] !== 'unshare') continue;
    return { unshare: pid, init: childrenOf(pid)[0] };
  }
  return undefined;
}

/** Every process of the running supervisor by its PID: `unshare`, tini, and Node, which does the work. */
export function supervisorProcesses(paths: LabPaths): number[] {
  const noted = notedSupervisor(paths.supervisorFile);
  if (noted?.specFile === paths.specFile) return withChildren(noted.unshare, (pid) => isSupervisor(pid, paths));
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && isSupervisor(pid, paths));
}

/** What is looked at of SupervisorPids as they are written down. */
const notedForm = z.object({ unshare: z.number() });

/**
 * The supervisor that `lab up` wrote down, if it runs.
 * @param supervisorFile LabPaths.supervisorFile, which goes by the lab's name alone
 * @returns its `unshare`, and the spec file that it was started with
 */
export function notedSupervisor(supervisorFile: string): { unshare: number; specFile: string } | undefined {
  const noted = notedForm.safeParse(parse(textOrEmpty(supervisorFile))).data;
  if (noted === undefined) return undefined;
  const words = commandLine(noted.unshare);
  const specFile = words[0] === 'unshare' ? words.find(isSpecFile) : undefined;
  return specFile === undefined ? undefined : { unshare: noted.unshare, specFile };
}

/** The spec files of every running supervisor of this host, of whatever lab. */
export function runningSpecFiles(): string[] {
  const files = readdirSync('/proc')
    .filter((entry) => Number(entry) > 0)
    .map((entry) => commandLine(Number(entry)))
    .filter((words) => words[0] === 'unshare')
    .flatMap((words) => words.filter(isSpecFile));
  return [...new Set(files)];
}

/**
 * Ends the supervisor and with it every process of the lab.
 * @param release lets processes that are frozen, or wait for a throttled disk, go on into their death
 * @param stretch how many times slower than usual this host is
 */
export async function killSupervisor(
  pids: SupervisorPids,
  paths: LabPaths,
  release: () => Promise<void>,
  stretch: number,
): Promise<void> {
  process.kill(pids.unshare, 'SIGKILL');
  await waitUntil({
    condition: "every process of the lab's PID namespace has ended",
    deadlineMs: endDeadlineMs * stretch,
    everyMs: 10,
    next: `look at process ${pids.init ?? pids.unshare}`,
    check: async () => {
      await release();
      return [pids.unshare, pids.init].every((pid) => pid === undefined || !isSupervisor(pid, paths));
    },
  });
}

function isSpecFile(word: string): boolean {
  return basename(word) === 'supervisor-spec.json';
}

/** A process and, as far as they are wanted, its children, theirs, and so on. */
function withChildren(pid: number, isWanted: (pid: number) => boolean): number[] {
  return isWanted(pid) ? [pid, ...childrenOf(pid).flatMap((child) => withChildren(child, isWanted))] : [];
}

function isSupervisor(pid: number, paths: LabPaths): boolean {
  return commandLine(pid).includes(paths.specFile);
}

function commandLine(pid: number): string[] {
  return textOrEmpty(`/proc/${pid}/cmdline`).split('\0');
}

function childrenOf(pid: number): number[] {
  return textOrEmpty(`/proc/${pid}/task/${pid}/children`)
    .split(' ')
    .map(Number)
    .filter((child) => child > 0);
}
