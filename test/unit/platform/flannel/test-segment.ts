import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * Three machines on one segment, each a network namespace with `host0`, and a hub with the bridge and an etcd: no way out anywhere.
 * Needs root, iproute2, iptables and etcd-server. Machines' addresses are 198.18.5.101-103 (RFC 2544 range).
 */
export class TestSegment {
  readonly dir = mkdtempSync(join(tmpdir(), 'lab-flannel-'));
  readonly endpoint = 'http://198.18.5.1:2379';
  readonly #id = `lab-test-${process.pid.toString(36)}${Math.random().toString(36).slice(2, 5)}`;
  readonly #children = new Set<ChildProcess>();

  async setUp(): Promise<void> {
    const root = fileURLToPath(new URL('../../../../', import.meta.url));
    const bundle = (entry: string, name: string) =>
      build({
        entryPoints: [join(root, entry)],
        bundle: true,
        platform: 'node',
        target: 'node20',
        format: 'cjs',
        outfile: join(this.dir, 'bin', name),
        logLevel: 'silent',
      });
    await bundle('platform/flannel/flanneld.ts', 'flanneld.cjs');
    await bundle('platform/etcdctl/main.ts', 'etcdctl.cjs');
    mkdirSync(join(this.dir, 'proto'));
    cpSync(join(root, 'node_modules/etcd3/proto'), join(this.dir, 'proto'), { recursive: true });

    this.#ip('netns', 'add', this.#ns('hub'));
    this.in('hub', 'ip', 'link', 'set', 'lo', 'up');
    this.in('hub', 'ip', 'link', 'add', 'br0', 'type', 'bridge', 'forward_delay', '0');
    this.in('hub', 'ip', 'address', 'add', '198.18.5.1/24', 'dev', 'br0');
    this.in('hub', 'ip', 'link', 'set', 'br0', 'up');
    for (const n of [1, 2, 3]) {
      this.#ip('netns', 'add', this.#ns(`m${n}`));
      this.in('hub', 'ip', 'link', 'add', `m${n}`, 'type', 'veth', 'peer', 'name', 'host0', 'netns', this.#ns(`m${n}`));
      this.in('hub', 'ip', 'link', 'set', `m${n}`, 'master', 'br0', 'up');
      this.in(`m${n}`, 'ip', 'address', 'add', `198.18.5.10${n}/24`, 'dev', 'host0');
      this.in(`m${n}`, 'ip', 'link', 'set', 'lo', 'up');
      this.in(`m${n}`, 'ip', 'link', 'set', 'host0', 'up');
    }
  }

  startEtcd(): ChildProcess {
    const urls = ['--listen-client-urls', this.endpoint, '--advertise-client-urls', this.endpoint];
    return this.#spawn('hub', 'etcd', ['--data-dir', join(this.dir, 'etcd'), '--log-level', 'error', ...urls]).child;
  }

  flanneld(n: number, ...flags: string[]): Daemon {
    const args = ['--etcd-endpoints', this.endpoint, '--subnet-file', this.subnetFile(n), ...flags];
    return this.#spawn(`m${n}`, process.execPath, [join(this.dir, 'bin/flanneld.cjs'), ...args]);
  }

  etcdctl(...args: string[]): string {
    return this.in('hub', process.execPath, join(this.dir, 'bin/etcdctl.cjs'), '--endpoints', this.endpoint, ...args);
  }

  /** A container's stand-in: an address of the machine's subnet on a bridge, and a server there that tells a caller his own address. */
  async addContainer(n: number): Promise<void> {
    this.in(`m${n}`, 'ip', 'link', 'add', 'docker0', 'type', 'bridge');
    this.in(`m${n}`, 'ip', 'address', 'add', `10.201.${n}.1/24`, 'dev', 'docker0');
    this.in(`m${n}`, 'ip', 'link', 'set', 'docker0', 'up');
    const script = `require('net').createServer((s) => s.end(s.remoteAddress)).listen(7000, '10.201.${n}.1', () => console.log('up'))`;
    const server = this.#spawn(`m${n}`, process.execPath, ['-e', script]);
    await new Promise((resolve) => server.child.stdout?.once('data', resolve));
  }

  /** The address under which the container of machine `to` sees that of machine `from`. */
  callerSeen(from: number, to: number): string {
    const where = { host: `10.201.${to}.1`, port: 7000, localAddress: `10.201.${from}.1`, timeout: 30_000 };
    const script = `const s = require('net').connect(${JSON.stringify(where)}); s.on('timeout', () => s.destroy(new Error('timeout'))); s.pipe(process.stdout)`;
    return this.in(`m${from}`, process.execPath, '-e', script);
  }

  subnetFile(n: number): string {
    return join(this.dir, `m${n}`, 'subnet.env');
  }

  subnetEnv(n: number): string {
    return existsSync(this.subnetFile(n)) ? readFileSync(this.subnetFile(n), 'utf8') : '';
  }

  /** Runs a command in a namespace and gives its stdout; throws when it fails. */
  in(where: string, ...command: string[]): string {
    return execFileSync('ip', ['netns', 'exec', this.#ns(where), ...command], { encoding: 'utf8', stdio: 'pipe' });
  }

  async tearDown(): Promise<void> {
    for (const child of this.#children) await end(child, 'SIGKILL');
    for (const name of ['m1', 'm2', 'm3', 'hub']) {
      try {
        this.#ip('netns', 'del', this.#ns(name));
      } catch {
        // never made
      }
    }
    rmSync(this.dir, { recursive: true, force: true });
  }

  #ns(name: string): string {
    return `${this.#id}-${name}`;
  }

  #ip(...args: string[]): void {
    execFileSync('ip', args, { stdio: 'pipe' });
  }

  #spawn(where: string, command: string, args: string[]): Daemon {
    // `ip netns exec` becomes the command by exec: the child's pid is the daemon's.
    const child = spawn('ip', ['netns', 'exec', this.#ns(where), command, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: dirname(this.dir),
    });
    this.#children.add(child);
    const daemon: Daemon = { child, output: '', stop: () => end(child, 'SIGTERM') };
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (daemon.output += text));
    }
    return daemon;
  }
}

export interface Daemon {
  readonly child: ChildProcess;
  output: string;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const gone = new Promise<number | null>((resolve) => child.once('exit', resolve));
  child.kill(signal);
  return gone;
}
