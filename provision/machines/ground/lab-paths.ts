import { join } from 'node:path';

/** Where a lab keeps its things, whichever provider runs it; every path carries the lab's name. */
export interface LabPaths {
  readonly stateDir: string;
  readonly runDir: string;
  readonly controlSocket: string;
  readonly supervisorFile: string;
  readonly specFile: string;
  readonly lockFile: string;
  /** Held by the scenario that runs. */
  readonly scenarioLockFile: string;
  /** The faults in force, so that a later command can undo what a killed one left. */
  readonly faultsFile: string;
  readonly logDir: string;
  readonly keysDir: string;
  readonly artifactsDir: string;
  /** Below every cgroup hierarchy's mount point. */
  readonly cgroup: string;
  /** Host end of the veth pair; interface names hold 15 characters, a lab's name at most 11. */
  readonly hostLink: string;
  /** Where everything of one machine lies. */
  machine(name: string): MachinePaths;
}

export interface MachinePaths {
  readonly dir: string;
  /** The machine's disk: an image file with a file system of its own, so that it can be full and the host's not. */
  readonly diskImage: string;
  /** Where it is mounted, in the supervisor's mount namespace only. */
  readonly disk: string;
  readonly upper: string;
  readonly work: string;
  readonly root: string;
  readonly docker: string;
  readonly ignitionFile: string;
  /** Exists once Ignition has run to its end: the machine is never provisioned twice. */
  readonly provisionedFile: string;
  /** Drop-in of docker.service that says how many cores the machine has; it lies over the machine's own file system. */
  readonly dockerCores: string;
  readonly consoleLog: string;
  /** The machine's journal in the supervisor's mount namespace; from outside see `readableJournalDir`. */
  readonly journalDir: string;
}

/**
 * Where all of a lab lies. Pure.
 * @param name of the lab
 * @param stateDir its own, where the disks are
 */
export function labPaths(name: string, stateDir: string): LabPaths {
  const runDir = `/run/coreos-lab/${name}`;
  return {
    stateDir,
    runDir,
    controlSocket: join(runDir, 'control.sock'),
    supervisorFile: join(runDir, 'supervisor.json'),
    specFile: join(stateDir, 'supervisor-spec.json'),
    lockFile: join(runDir, 'lock'),
    scenarioLockFile: join(runDir, 'scenario.lock'),
    faultsFile: join(runDir, 'faults.json'),
    logDir: join(stateDir, 'log'),
    keysDir: join(stateDir, 'keys'),
    artifactsDir: join(stateDir, 'artifacts'),
    cgroup: `coreos-lab/${name}`,
    hostLink: `lab-${name}`,
    machine: (machine) => machinePaths(join(stateDir, 'machines', machine)),
  };
}

function machinePaths(dir: string): MachinePaths {
  const disk = join(dir, 'disk');
  return {
    dir,
    diskImage: join(dir, 'disk.img'),
    disk,
    upper: join(disk, 'upper'),
    work: join(disk, 'work'),
    root: join(dir, 'root'),
    docker: join(disk, 'docker'),
    ignitionFile: join(dir, 'ignition.json'),
    provisionedFile: join(dir, 'provisioned.json'),
    dockerCores: join(dir, '20-cores.conf'),
    consoleLog: join(dir, 'console.log'),
    journalDir: join(disk, 'upper/var/log/journal'),
  };
}
