import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { LabError } from '#errors/lab-error.ts';
import { ownMachine } from '../etcd/ports.ts';

/** Debian's client, moved aside on a machine. LAB_ETCDCTL_REAL names another place. */
const realClient = '/usr/bin/etcdctl.real';

/** Runs the real client for v3 grammar with the same arguments, terminal and environment; resolves with its exit code. */
export function fallThrough(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const path = env.LAB_ETCDCTL_REAL ?? realClient;
  const { ETCDCTL_ENDPOINTS: _, ...others } = env;
  const endpoints = endpointsForReal(argv, env);
  const v3Env = { ...others, ...(endpoints === undefined ? {} : { ETCDCTL_ENDPOINTS: endpoints }), ETCDCTL_API: '3' };
  const child = spawn(path, argv, { stdio: 'inherit', env: v3Env });
  const forward = (signal: NodeJS.Signals) => void child.kill(signal);
  process.on('SIGTERM', forward);
  process.on('SIGINT', () => {}); // the terminal sends it to the child too
  return new Promise((resolve, reject) => {
    child.on('error', (error) =>
      reject(
        new LabError({
          code: 'host.etcdctl-real',
          cause: `cannot run the real etcd client ${path}: ${error.message}`,
          next: `ls -l ${path}`,
          error,
        }),
      ),
    );
    child.on('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}

/** ETCDCTL_ENDPOINTS for the real client; undefined: it must not be there, for it refuses to run when a flag names them, too. Pure. */
export function endpointsForReal(argv: readonly string[], env: NodeJS.ProcessEnv): string | undefined {
  return argv.some((word) => word.startsWith('--endpoints')) ? undefined : (env.ETCDCTL_ENDPOINTS ?? ownMachine);
}
