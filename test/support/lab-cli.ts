import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { within } from './within.ts';

export const repoDir = join(import.meta.dirname, '../..');

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StatusJson {
  readonly up: boolean;
  readonly machines: readonly {
    name: string;
    state: string;
    address: string;
    etcd?: string;
    fleet?: string;
    since?: number;
  }[];
}

/** A lab of the tests' own, used as a person would; at the book's addresses, it refuses to start while another lab has them. */
export class LabCli {
  readonly name: string;
  readonly stateDir: string;
  /** Of its config.rb and lab.toml. */
  readonly configDir: string;
  /** What selects this lab for every program. */
  readonly env: Record<string, string>;

  /**
   * @param toml what follows `[lab]` and the name in its lab.toml
   * @param machines how many of them
   */
  constructor(name: string, toml = '', machines = 3) {
    this.name = name;
    this.stateDir = `/var/lib/coreos-lab/${name}`;
    this.configDir = mkdtempSync(join(tmpdir(), `coreos-lab-${name}-`));
    writeFileSync(join(this.configDir, 'config.rb'), `$num_instances = ${machines}\n$vm_memory = 2048\n$vm_cpus = 1\n`);
    writeFileSync(join(this.configDir, 'lab.toml'), `[lab]\nname = "${name}"\n${toml}`);
    this.env = { LAB_CONFIG_DIR: this.configDir };
  }

  /** `./lab` in the checkout. */
  async lab(...args: string[]): Promise<Outcome> {
    return this.labIn(repoDir, ...args);
  }

  /** The same, typed in another directory. */
  async labIn(cwd: string, ...args: string[]): Promise<Outcome> {
    return runProgram(join(repoDir, 'lab'), args, { env: this.env, cwd });
  }

  /** A command on a machine, by `lab ssh`. */
  async on(machine: string, command: string): Promise<Outcome> {
    return this.lab('ssh', machine, '--', command);
  }

  async status(): Promise<StatusJson> {
    return JSON.parse((await this.lab('status', '--json')).stdout) as StatusJson;
  }
}

/** Any program, to its end, whatever its exit code. */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: { env?: Record<string, string>; cwd?: string } = {},
): Promise<Outcome> {
  const { env = {}, cwd = repoDir } = options;
  const running = execa(command, args, { env, cwd, reject: false, stdin: 'ignore' });
  const { exitCode, stdout, stderr } = await within(running, [command, ...args].join(' '));
  return { exitCode: exitCode ?? -1, stdout, stderr };
}
