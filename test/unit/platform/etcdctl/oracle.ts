import { execFile, spawn, spawnSync } from 'node:child_process';
import type { Outcome } from './ours.ts';

/** etcd's own client (Debian's etcd-client) on etcd's own v2 API: its v2 commands are those of 2.3. */
export function oracle(args: readonly string[], endpoints: readonly string[], stdin = ''): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile('etcdctl', args, { env: oracleEnv(endpoints) }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
    });
    // One that reads nothing may have ended already.
    child.stdin?.on('error', () => undefined).end(stdin);
  });
}

/** The same for a command that goes on. */
export function startOracle(args: readonly string[], endpoints: readonly string[]) {
  return spawn('etcdctl', args, { env: oracleEnv(endpoints), stdio: ['ignore', 'pipe', 'pipe'] });
}

export const hasOracle = spawnSync('etcdctl', ['version'], { env: { ...process.env, ETCDCTL_API: '3' } }).status === 0;

function oracleEnv(endpoints: readonly string[]) {
  return { PATH: process.env['PATH'], ETCDCTL_API: '2', ETCDCTL_ENDPOINTS: endpoints.join(',') };
}
