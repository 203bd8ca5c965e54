import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startPullThrough } from '../../image/upstream/pull-through.ts';
import type { RegistryProcess } from '../../image/registry/registry.ts';
import type { LabPaths } from '../ground/lab-paths.ts';
import type { SupervisorSpec } from '../ground/supervisor-spec.ts';
import { uplinkDescriptor, uplinkLogins } from '../ground/uplink.ts';

const answerMs = 10_000;
/** A registry that is not reached is not asked again before that; every pull of an unknown name would wait for it. */
const restMs = 10_000;

/**
 * The one process of the lab on the host's network: docker-registry as a cache of another registry, on a Unix socket. It is started when it
 * is first needed, for it does not start while the other one is not reached, and is in the lab's PID namespace as all others are.
 * @returns its socket, each time it is asked; undefined while there is none
 */
export function hostPullThrough(
  upstream: NonNullable<SupervisorSpec['upstream']>,
  { runDir, logDir }: Pick<LabPaths, 'runDir' | 'logDir'>,
  stretch: number,
): () => Promise<string | undefined> {
  let starting: Promise<RegistryProcess | undefined> | undefined;
  const start = async (): Promise<RegistryProcess | undefined> => {
    await mkdir(upstream.storage, { recursive: true });
    const registry = await startPullThrough({
      remoteUrl: upstream.remoteUrl,
      storage: upstream.storage,
      socket: join(runDir, 'pull-through.sock'),
      logFile: join(logDir, 'pull-through.log'),
      logins: (process.env[uplinkLogins] ?? '').split(':').filter(Boolean),
      deadlineMs: answerMs * stretch,
      spawn: onHostNetwork,
    });
    void registry.ended.then((sentence) => {
      console.error(`pull-through: ${sentence}`);
      starting = undefined;
    });
    return registry;
  };
  const failed = (error: unknown): undefined => {
    console.error(`nothing can be pulled through from ${upstream.remoteUrl}:`, error);
    setTimeout(() => (starting = undefined), restMs).unref();
  };
  return async () => (await (starting ??= start().catch(failed)))?.addr;
}

/** nsenter becomes the program: its parent stays the one that the kernel ends it with. */
const onHostNetwork = ((command: string, args: readonly string[], { stdio }: { stdio: readonly number[] }) =>
  spawn('nsenter', [`--net=/proc/self/fd/${uplinkDescriptor}`, '--', command, ...args], {
    stdio: [...stdio.slice(0, uplinkDescriptor), uplinkDescriptor],
  })) as unknown as typeof spawn;
