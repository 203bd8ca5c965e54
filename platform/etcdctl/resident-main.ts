import { startResident } from './resident.ts';

/** The program /opt/lab/bin/etcdctl-resident.cjs. argv: the port on the loopback interface. */
startResident(Number(process.argv[2])).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
