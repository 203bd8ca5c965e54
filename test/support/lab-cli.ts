import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

export const repoDir = join(import.meta.dirname, '../../..');

/** A lab of the tests' own, at the book's addresses; it refuses to start while another lab has them. */
export const labName = 'e2e';
export const stateDir = `/var/lib/coreos-lab/${labName}`;

const configDir = mkdtempSync(join(tmpdir(), 'coreos-lab-e2e-'));
writeFileSync(join(configDir, 'config.rb'), '$num_instances = 3\n$vm_memory = 2048\n$vm_cpus = 1\n');
// A CI host may stand still for seconds. What the default TTL gives is the benchmark's to say, not a test's.
writeFileSync(join(configDir, 'lab.toml'), `[lab]\nname = "${labName}"\n[timers]\nfleet_agent_ttl = "10s"\n`);

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What selects the lab of the tests. */
export const labEnvironment = { ...process.env, LAB_CONFIG_DIR: configDir };

/** Runs `./lab` as a person would, with its own configuration directory. */
export async function lab(...args: string[]): Promise<Outcome> {
  return labIn(repoDir, ...args);
}

/** The same, typed in another directory. */
export async function labIn(cwd: string, ...args: string[]): Promise<Outcome> {
  return run(join(repoDir, 'lab'), args, { LAB_CONFIG_DIR: configDir }, cwd);
}

/** A command on a machine, by `lab ssh`. */
export async function on(machine: string, command: string): Promise<Outcome> {
  return lab('ssh', machine, '--', command);
}

export async function host(command: string, ...args: string[]): Promise<Outcome> {
  return run(command, args, {});
}

async function run(
  command: string,
  args: readonly string[],
  env: Record<string, string>,
  cwd = repoDir,
): Promise<Outcome> {
  const { exitCode, stdout, stderr } = await execa(command, args, {
    env,
    reject: false,
    cwd,
    stdin: 'ignore',
  });
  return { exitCode: exitCode ?? -1, stdout, stderr };
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

export async function status(): Promise<StatusJson> {
  return JSON.parse((await lab('status', '--json')).stdout) as StatusJson;
}
