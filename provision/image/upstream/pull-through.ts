import { rm } from 'node:fs/promises';
import type { spawn } from 'node:child_process';
import { type RegistryProcess, startRegistry } from '../registry/registry.ts';
import { registryLogin } from './registry-login.ts';

export interface PullThroughOptions {
  /** `https://HOST:PORT` */
  readonly remoteUrl: string;
  /** Keeps what is pulled through it. */
  readonly storage: string;
  /** Unix socket, at most 107 characters. */
  readonly socket: string;
  readonly logFile: string;
  /** As loginFiles has them. */
  readonly logins: readonly string[];
  readonly deadlineMs: number;
  readonly spawn?: typeof spawn;
}

/**
 * Runs Debian's docker-registry as a cache of another registry: what it is asked for and lacks, it fetches. It asks the other one at once and
 * ends when that does not answer.
 * @throws LabError as startRegistry
 */
export async function startPullThrough(options: PullThroughOptions): Promise<RegistryProcess> {
  const { remoteUrl, storage, socket, logFile, logins, deadlineMs, spawn: spawns } = options;
  // Of one that was killed.
  await rm(socket, { force: true });
  const login = await registryLogin(logins, new URL(remoteUrl).host);
  return startRegistry({
    storage,
    addr: socket,
    logFile,
    deadlineMs,
    remote: { url: remoteUrl, login },
    ...(spawns === undefined ? {} : { spawn: spawns }),
  });
}
