import { spawn as nodeSpawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { open, readFile, writeFile } from 'node:fs/promises';
import { request, type RequestOptions } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { LabError } from '#errors/lab-error.ts';
import { readText } from '../../host/read-text.ts';

export interface RegistryOptions {
  /** Storage directory, as buildContainerImages returns it. */
  readonly storage: string;
  /** `address:port`; port 0 takes a free one. Or the path of a Unix socket. */
  readonly addr: string;
  /** Receives the registry's log; its configuration is written beside it, ending in `.yml`. */
  readonly logFile: string;
  /** Accept pushes. Off by default: a finished storage directory is shared by all labs and named by its content. */
  readonly writable?: boolean;
  /** Another registry, whose images it hands on and keeps (distribution's documentation, "Registry as a pull through cache"). */
  readonly remote?: RemoteRegistry;
  readonly deadlineMs?: number;
  /** How to start the process; child_process.spawn unless told otherwise. */
  readonly spawn?: typeof nodeSpawn;
}

export interface RemoteRegistry {
  /** `https://HOST:PORT` */
  readonly url: string;
  readonly login?: { readonly username: string; readonly password: string } | undefined;
}

export interface RegistryProcess {
  readonly pid: number;
  /** `address:port` it listens on, or the path of its socket. */
  readonly addr: string;
  /** Its end, as one sentence. */
  readonly ended: Promise<string>;
  /** Ends it by its process id and waits until it is gone. */
  stop(): Promise<void>;
}

/**
 * Runs Debian's docker-registry over a storage directory until stop() or the end of this process, and returns when its
 * API answers (`GET /v2/`: Docker Registry HTTP API V2, "API version check").
 * @throws LabError `host.missing-program`, `command.docker-registry` (it ended), `timeout.registry`; log lines as evidence
 */
export async function startRegistry(options: RegistryOptions): Promise<RegistryProcess> {
  const { addr, logFile, deadlineMs = 10_000, spawn = nodeSpawn } = options;
  const configFile = `${logFile.replace(/\.log$/, '')}.yml`;
  // It may hold a password.
  await writeFile(configFile, configuration(options), { mode: 0o600 });
  const log = await open(logFile, 'w');
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'docker-registry', 'serve', configFile], {
    stdio: ['ignore', log.fd, log.fd],
  });
  try {
    // Without a listener a failed start would end this process; `exited` and the deadline report it.
    child.on('error', () => undefined);
    const { pid } = child;
    if (pid === undefined) throw await ended(logFile);
    const listening = await untilAnswering(child, addr, logFile, Date.now() + deadlineMs);
    const end = once(child, 'exit').then(
      ([code, signal]) => `registry ended with ${String(signal ?? `exit code ${String(code)}`)}`,
    );
    return { pid, addr: listening, ended: end, stop: () => stop(child) };
  } catch (error) {
    await stop(child);
    throw error;
  } finally {
    await log.close();
  }
}

async function untilAnswering(child: ChildProcess, addr: string, logFile: string, deadline: number): Promise<string> {
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) throw await ended(logFile);
    const listening = /listening on ([^\s"\\]+)/.exec(await readFile(logFile, 'utf8'))?.[1];
    if (listening !== undefined && (await answers(listening))) return listening;
    if (Date.now() > deadline) {
      throw new LabError({
        code: 'timeout.registry',
        cause: `docker-registry does not answer at ${addr}`,
        evidence: await lastLines(logFile),
        next: `read ${logFile}`,
      });
    }
    await delay(20);
  }
}

async function answers(addr: string): Promise<boolean> {
  const at = requestTarget(addr);
  return new Promise((resolve) => {
    const asking = request({ ...at, path: '/v2/', signal: AbortSignal.timeout(1_000) }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asking.once('error', () => resolve(false));
    asking.end();
  });
}

/** Where node:http asks a registry. Pure. @param addr as RegistryProcess has it */
export function requestTarget(addr: string): Pick<RequestOptions, 'host' | 'port' | 'socketPath'> {
  return addr.startsWith('/') ? { socketPath: addr } : { host: addr.replace(/:\d+$/, ''), port: portOf(addr) };
}

function portOf(addr: string): number {
  return Number(addr.slice(addr.lastIndexOf(':') + 1));
}

async function ended(logFile: string): Promise<LabError> {
  const evidence = await lastLines(logFile);
  return evidence.some((line) => /failed to execute docker-registry/.test(line)) || evidence.length === 0
    ? new LabError({
        code: 'host.missing-program',
        cause: 'the registry of container images needs docker-registry, which is not installed',
        evidence,
        next: 'apt-get install --no-install-recommends docker-registry',
      })
    : new LabError({
        code: 'command.docker-registry',
        cause: 'docker-registry ended at once',
        evidence,
        next: `read ${logFile}; when its address is in use, see who holds it: ss -ltnp`,
      });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), 3_000);
  await exited;
  clearTimeout(killer);
}

async function lastLines(file: string): Promise<string[]> {
  const text = (await readText(file))?.trimEnd();
  return text ? text.split('\n').slice(-20) : [];
}

/** JSON is YAML: nothing to escape by hand. */
function configuration({ storage, addr, writable = false, remote }: RegistryOptions): string {
  return JSON.stringify({
    version: 0.1,
    log: { level: 'info', formatter: 'text' },
    storage: {
      filesystem: { rootdirectory: storage },
      delete: { enabled: writable || remote !== undefined },
      maintenance: { uploadpurging: { enabled: false }, readonly: { enabled: !writable && remote === undefined } },
    },
    http: { addr, ...(addr.startsWith('/') ? { net: 'unix' } : {}), secret: randomBytes(16).toString('hex') },
    ...(remote === undefined ? {} : { proxy: { remoteurl: remote.url, ...remote.login } }),
  });
}
