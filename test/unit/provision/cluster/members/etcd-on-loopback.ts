import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memberPort } from '#platform/etcd/ports.ts';
import { bootstrapOf, etcdEnvironment } from '#provision/cluster/members/etcd-environment.ts';
import type { EtcdStart } from '#provision/cluster/members/member.ts';
import { load } from '../../config/config-directory.ts';

/**
 * Members of a real etcd cluster, each on an address of the loopback network with etcd's own ports, started with the very
 * environment a machine gets. A network of this process's own keeps apart what else runs tests on this host.
 */
export class EtcdOnLoopback {
  readonly machines;
  readonly #config;
  readonly #processes = new Map<string, ChildProcess>();
  /** Made at once: members that are started together must share it, or one that is restarted finds an empty disk. */
  readonly #dir: string;

  constructor() {
    if (spawnSync('etcd', ['--version']).status !== 0)
      throw new Error('etcd is not installed: apt-get install --no-install-recommends etcd-server');
    const config = load({ toml: '[timers]\netcd_heartbeat = "50ms"\netcd_election = "500ms"\n', hostCpus: 4 });
    const net = `127.${190 + ((process.pid >> 8) % 60)}.${process.pid % 256}`;
    this.machines = config.machines.map((machine) => ({ ...machine, address: `${net}.${machine.index}` }));
    this.#config = { ...config, machines: this.machines };
    this.#dir = mkdtempSync(join(tmpdir(), 'lab-members-'));
  }

  /** Starts a machine's member on the disk it has, or on a new one. */
  async start(name: string, start: EtcdStart = bootstrapOf(this.machines)): Promise<void> {
    const machine = this.machines.find((one) => one.name === name);
    if (machine === undefined) throw new Error(`no machine ${name}`);
    const settings = etcdEnvironment(this.#config, machine, start).split('\n').filter(Boolean);
    const environment: Record<string, string> = Object.fromEntries(
      settings.map((line): [string, string] => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    const own = {
      ETCD_DATA_DIR: join(this.#dir, name),
      ETCD_LISTEN_CLIENT_URLS: `http://${machine.address}:${memberPort}`,
      ETCD_LOG_LEVEL: 'error',
    };
    const env = { ...environment, ...own, PATH: process.env['PATH'] ?? '' };
    this.#processes.set(name, spawn('etcd', [], { env, stdio: 'ignore' }));
  }

  /** SIGKILL; `destroy` throws the disk away too. */
  async end(name: string, how: 'kill' | 'destroy'): Promise<void> {
    const child = this.#processes.get(name);
    this.#processes.delete(name);
    if (child?.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    }
    if (how === 'destroy') await rm(join(this.#dir, name), { recursive: true, force: true });
  }

  address(...names: string[]): string[] {
    return this.machines.filter(({ name }) => names.includes(name)).map(({ address }) => address);
  }

  async stop(): Promise<void> {
    for (const name of [...this.#processes.keys()]) await this.end(name, 'kill');
    await rm(this.#dir, { recursive: true, force: true });
  }
}
