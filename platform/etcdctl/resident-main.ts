import { startResident } from './resident.ts';

/** The program /opt/lab/bin/etcdctl-resident.cjs. argv: the port on the loopback interface, and how patient to be with etcd. */
startResident(Number(process.argv[2]), Number(process.argv[3] ?? 1)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
