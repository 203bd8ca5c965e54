import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Ports } from '#apps/couchbase/src/cluster/cluster.ts';
import { freePorts } from '#test/support/free-ports.ts';

export interface ServerProcess {
  readonly ports: Ports;
  readonly pid: number;
  /** Everything it logged so far. */
  readonly log: readonly string[];
  /** Resolves with the first log line that matches, also one already written. */
  logged(pattern: RegExp): Promise<string>;
  /** Sends the signal and resolves with exit code and signal. */
  stop(signal?: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** Starts the bundled server as a process of its own on 127.0.0.1 and waits until it says where it listens. */
export async function startServerProcess(
  bundle: string,
  args: { ports?: Ports; env?: Readonly<Record<string, string>> } = {},
): Promise<ServerProcess> {
  // None that the kernel would choose: it may come back at the same ones, and clients try them while nobody listens there.
  const [freeKv = 0, freeMgmt = 0, freeCapi = 0] = args.ports === undefined ? await freePorts(3) : [];
  const { kv, mgmt, capi } = args.ports ?? { kv: freeKv, mgmt: freeMgmt, capi: freeCapi };
  const flags = ['--bind=127.0.0.1', `--kv-port=${kv}`, `--mgmt-port=${mgmt}`, `--capi-port=${capi}`];
  const child = spawn(process.execPath, [bundle, ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...args.env },
  });
  const log: string[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => log.push(line));
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;

  const logged = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const found = log.find((line) => pattern.test(line));
      if (found !== undefined) return found;
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`server ended; it said ${log.join('\n')}`);
      await Promise.race([once(lines, 'line'), exited]);
    }
  };
  const banner = await logged(/key-value \d+/u);
  const [, kvPort, mgmtPort, capiPort] = /key-value (\d+), management (\d+), views (\d+)/u.exec(banner) ?? [];
  return {
    ports: { kv: Number(kvPort), mgmt: Number(mgmtPort), capi: Number(capiPort) },
    pid: child.pid ?? 0,
    log,
    logged,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      const [code, received] = await exited;
      return { code, signal: received };
    },
  };
}
