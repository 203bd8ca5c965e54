import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { type SeededRandom, seededRandom } from '#scenarios/chaos/seeded-random.ts';
import { type LabCli, repoDir } from '../support/lab-cli.ts';
import { within } from '../support/within.ts';

/** Commands that are shot at, and for how long each takes on a busy host, ms. */
const commands: readonly (readonly [words: string, tookMs: number])[] = [
  ['up', 6_000],
  ['halt', 4_000],
  ['halt core-02', 3_000],
  ['cut core-03', 2_000],
  ['destroy core-03', 2_500],
  ['snapshot save shot', 2_500],
  ['snapshot restore kept', 6_000],
  ['status', 1_500],
];

/** Until what a kill did has come to its end: a machine's mounts and cgroups are cleared away behind it. */
const settledWithinMs = 90_000;

/**
 * Rounds in which one process of the lab is shot with SIGKILL at a random moment of a random command. After each, `lab status` must
 * say what is the case, `lab up` must bring everything back, and what etcd stored must be there.
 */
export class KillRounds {
  readonly #lab: LabCli;
  readonly #random: SeededRandom;
  readonly #say: (line: string) => void;

  constructor(lab: LabCli, seed: number, say: (line: string) => void) {
    this.#lab = lab;
    this.#random = seededRandom(seed);
    this.#say = say;
  }

  /** @throws Error with what was killed, and what was wrong afterwards */
  async round(name: string): Promise<void> {
    const [words, tookMs] = this.#random.pick(commands);
    const afterMs = Math.round(this.#random.share() * tookMs);
    const running = execa(join(repoDir, 'lab'), words.split(' '), {
      env: this.#lab.env,
      cwd: repoDir,
      reject: false,
      stdin: 'ignore',
      all: true,
    });
    await Promise.race([delay(afterMs), running]);
    const victim = this.#victim(running.pid);
    const what = victim === undefined ? 'nothing there to kill' : `kill -9 of ${victim.what} (${victim.pid})`;
    this.#say(`${name}: ${what}, ${afterMs} ms into lab ${words}`);
    if (victim !== undefined) kill(victim.pid);
    const { all } = await within(running, `lab ${words}`);
    const judge = (ok: boolean, wrong: string): void => {
      if (!ok)
        throw new Error(`${name}: ${what}, ${afterMs} ms into lab ${words}\n${wrong}\nlab ${words} said:\n${all}`);
    };
    const lie = await this.#lie();
    judge(lie === undefined, `lab status: ${lie ?? ''}`);
    const up = await this.#lab.lab('up');
    judge(up.exitCode === 0, `lab up ended with ${up.exitCode}:\n${up.stdout}\n${up.stderr}`);
    const { machines } = await this.#lab.status();
    const unfit = machines.filter(
      ({ state, etcd, fleet }) => state !== 'running' || etcd !== 'healthy' || fleet !== 'present',
    );
    judge(unfit.length === 0, `after lab up: ${JSON.stringify(unfit)}`);
    const kept = await this.#lab.on('core-01', 'etcdctl get /kept');
    judge(kept.stdout === 'yes', `etcd has lost what it stored: ${kept.stdout}${kept.stderr}`);
    // Whether or not it was whole when its command was shot.
    await this.#lab.lab('snapshot', 'delete', 'shot');
  }

  /** The command itself, a process of the supervisor's, or one of a machine's: each as often. */
  #victim(command: number | undefined): { pid: number; what: string } | undefined {
    const processes = processesOf(this.#lab.name);
    const supervisor = processes.filter(({ group }) => group === 'supervisor');
    const machine = processes.filter(({ group }) => group !== 'supervisor');
    const kind = this.#random.pick(['command', 'supervisor', 'machine'] as const);
    const index = this.#random.share();
    if (kind === 'command') return command === undefined ? undefined : { pid: command, what: 'the command' };
    const some = kind === 'supervisor' ? supervisor : machine;
    const chosen = some[Math.floor(index * some.length)];
    if (chosen === undefined) return undefined;
    const { pid, group } = chosen;
    return { pid, what: `${group}'s ${text(`/proc/${pid}/comm`).trim()}` };
  }

  /** What `lab status` says that is not the case, once things have settled; undefined when it tells the truth. */
  async #lie(): Promise<string | undefined> {
    const until = performance.now() + settledWithinMs;
    for (;;) {
      const { exitCode, stdout, stderr } = await this.#lab.lab('status', '--json');
      const lie =
        exitCode === 0 ? this.#lieIn(JSON.parse(stdout) as SaidStatus) : `it ended with ${exitCode}: ${stderr}`;
      if (lie === undefined || performance.now() > until) return lie;
      await delay(200);
    }
  }

  #lieIn(said: SaidStatus): string | undefined {
    for (const { name, state } of said.machines) {
      const dir = join(this.#lab.stateDir, 'machines', name);
      const hasDisk = existsSync(join(dir, 'provisioned.json'));
      const runs = this.#initPid(name) !== undefined;
      const actual = runs ? 'running' : hasDisk ? 'stopped' : 'absent';
      if (state !== actual) return `${name} is ${state}, and really ${actual}`;
    }
    return undefined;
  }

  #initPid(machine: string): number | undefined {
    const below = join('coreos-lab', this.#lab.name, machine, 'machine/payload/init.scope/cgroup.procs');
    const mounts = ['/sys/fs/cgroup', '/sys/fs/cgroup/systemd', '/sys/fs/cgroup/unified'];
    const pids = mounts.map((mount) => Number.parseInt(text(join(mount, below)), 10));
    return pids.find((pid) => pid > 0);
  }
}

/** Each process of a lab, with the machine whose it is, or `supervisor`. */
export function processesOf(lab: string): readonly { readonly pid: number; readonly group: string }[] {
  const below = new RegExp(`/coreos-lab/${lab}/([a-z0-9-]+)`);
  return readdirSync('/proc').flatMap((pid) => {
    const [, group] = below.exec(text(`/proc/${pid}/cgroup`)) ?? [];
    return group === undefined ? [] : [{ pid: Number(pid), group }];
  });
}

interface SaidStatus {
  readonly machines: readonly { readonly name: string; readonly state: string }[];
}

/** It may have ended by itself. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
