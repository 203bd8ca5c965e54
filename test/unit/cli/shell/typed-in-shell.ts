import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';

const repoDir = join(import.meta.dirname, '../../../..');
const home = join(repoDir, 'cli/shell');

/** The programs of `lab shell` for a lab of three machines that exists only as files; what they call stands beside them. */
export class TypedInShell {
  readonly dir = mkdtempSync(join(tmpdir(), 'coreos lab-shell-'));
  readonly state = join(this.dir, 'state');
  /** Of the host: what a program of the lab falls back to is looked for here first. */
  readonly outer = join(this.dir, 'outer');
  readonly name: string;

  constructor(name = 'shelltest') {
    this.name = name;
    for (const directory of [this.state, this.outer]) mkdirSync(directory, { recursive: true });
  }

  /** A program that says how it was called. */
  recorder(path: string): void {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(
      path,
      `#!/bin/sh\nprintf '<%s>' "\${0##*/}" "$@"\necho " DOCKER_HOST=$DOCKER_HOST CWD=$VAGRANT_CWD"\n`,
    );
    chmodSync(path, 0o755);
  }

  /** The machine has a disk. */
  disk(machine: string): void {
    this.write(`machines/${machine}/provisioned.json`, '{}\n');
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.state, path)), { recursive: true });
    writeFileSync(join(this.state, path), text);
  }

  /** A line as bash takes it. */
  async type(line: string, env: Record<string, string> = {}): Promise<{ exitCode: number; out: string; err: string }> {
    const address = (n: number) => `172.17.8.10${n}`;
    const urls = (port: number) => [1, 2, 3].map((n) => `http://${address(n)}:${port}`).join(',');
    const result = await execa('/bin/bash', ['-c', line], {
      reject: false,
      stdin: 'ignore',
      extendEnv: false,
      env: {
        PATH: [join(home, 'programs'), this.outer, process.env['PATH'] ?? ''].join(':'),
        HOME: this.dir,
        LAB_SHELL_HOME: home,
        LAB_SHELL_ROOT: repoDir,
        LAB_SHELL_NODE: process.execPath,
        LAB_SHELL_NAME: this.name,
        LAB_SHELL_STATE: this.state,
        LAB_SHELL_MACHINES: [1, 2, 3].map((n) => `core-0${n}=${address(n)}`).join(' '),
        LAB_SHELL_SCENARIOS: 'deploy failover',
        LAB_SHELL_FLEET: urls(49153),
        LAB_SHELL_FLEET_PORT: '49153',
        FLEETCTL_ENDPOINT: urls(49153),
        LAB_SHELL_ETCD: urls(2379),
        ETCDCTL_ENDPOINT: urls(2379),
        LAB_SHELL_REGISTRY: '172.17.8.1:5000',
        LAB_SHELL_CONNECT_S: '10',
        ...env,
      },
    });
    return { exitCode: result.exitCode ?? -1, out: result.stdout, err: result.stderr };
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
