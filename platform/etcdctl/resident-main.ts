import { endProgram } from '#errors/end-program.ts';
import { untilIdle } from '../etcd/v2/until-idle.ts';
import { startResident } from './resident.ts';

/**
 * The program /opt/lab/bin/etcdctl-resident.cjs, on the socket that systemd passed to it (sd_listen_fds(3): descriptor 3).
 * argv: how patient to be with etcd; seconds without a caller after which it ends.
 */
async function main(): Promise<void> {
  const [patience = 1, idleS = 300] = process.argv.slice(2).map(Number);
  const server = await startResident({ fd: 3 }, patience);
  await untilIdle([server], idleS * 1000);
  // Who is being served gets an answer; systemd has the socket, and starts the next process for who comes now.
  await new Promise((resolve) => server.close(resolve));
}

main().catch((error: unknown) => endProgram('etcdctl-resident', error));
