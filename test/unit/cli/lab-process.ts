import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect } from 'vitest';
import { lowerFence } from '#provision/host/network/fence.ts';
import { labPaths } from '#provision/machines/ground/lab-paths.ts';
import { runOnTerminal, type Screen, type Terminal } from '../../support/terminal.ts';

const repoDir = join(import.meta.dirname, '../../..');

/** A lab of the tests' own that is never brought up; test files that run at once have one each. */
export const labName = `clitest${process.env['VITEST_POOL_ID'] ?? ''}`;
const runDir = `/run/coreos-lab/${labName}`;

/** config.rb and lab.toml of a temporary directory, and the real `./lab` run with them. */
export class LabCli {
  readonly dir: string;
  readonly #name: string;

  /**
   * @param name of the lab: two that run at once are in each other's way
   * @param prefix of the temporary directory's path; where its length matters, it is to be the same everywhere
   */
  constructor(name = labName, prefix = join(tmpdir(), 'coreos-lab-cli-')) {
    this.#name = name;
    this.dir = mkdtempSync(prefix);
    this.write();
  }

  /** Without text: a sound configuration. */
  write(files: { rb?: string; toml?: string } = {}): void {
    const sound = `[lab]\nname = "${this.#name}"\nstate_dir = "${join(this.dir, 'state')}"\n`;
    writeFileSync(join(this.dir, 'config.rb'), files.rb ?? '$num_instances = 3\n');
    writeFileSync(join(this.dir, 'lab.toml'), files.toml ?? sound);
  }

  /** Its first call, which builds when a source is newer than the build. */
  async build(): Promise<void> {
    expect(await this.run('--version')).toMatchObject({ exitCode: 0 });
  }

  async run(...args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
    return this.runWith({}, ...args);
  }

  /** The same, in an environment that differs by these variables. */
  async runWith(
    variables: Readonly<Record<string, string>>,
    ...args: string[]
  ): Promise<{ exitCode: number; stdout: string; stderr: string }> {
    // As a person's terminal would have it, not as the test runner has it.
    const env = {
      LAB_CONFIG_DIR: this.dir,
      NO_COLOR: '1',
      FORCE_COLOR: undefined,
      NUM_INSTANCES: undefined,
      ...variables,
    };
    const result = await execa(join(repoDir, 'lab'), args, { env, reject: false, cwd: this.dir, stdin: 'ignore' });
    return { exitCode: result.exitCode ?? -1, stdout: result.stdout, stderr: result.stderr };
  }

  /** The program itself, once it is built, on a terminal of that size: what a person sees, stdout and stderr together. */
  async onTerminal(terminal: Terminal, ...args: string[]): Promise<Screen> {
    const env = { LAB_ROOT: repoDir, LAB_LAUNCHER: './lab', LAB_CONFIG_DIR: this.dir, NUM_INSTANCES: undefined };
    const main = [process.execPath, join(repoDir, 'dist/cli/main.cjs')];
    return runOnTerminal(terminal, [...(terminal.as ?? []), ...main, ...args], { cwd: this.dir, env });
  }

  /** What a command has left on the host, beside the configuration. */
  leftovers(): string[] {
    return [runDir, join(this.dir, 'state')].filter((path) => existsSync(path));
  }

  async remove(): Promise<void> {
    // Where a command found a state directory it raised the fence, as it does for a lab that exists.
    const { hostLink } = labPaths(this.#name, join(this.dir, 'state'));
    const network = { cidr: '172.17.8.0/24', flannelCidr: '10.1.0.0/16' };
    if (process.getuid?.() === 0) await lowerFence(hostLink, network);
    rmSync(this.dir, { recursive: true, force: true });
  }
}
