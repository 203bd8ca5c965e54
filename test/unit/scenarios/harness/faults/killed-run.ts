import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { Ledger } from '#scenarios/harness/faults/ledger.ts';
import { takeScenarioLock } from '#scenarios/harness/faults/scenario-lock.ts';
import { faultsPaths } from './faults-paths.ts';

// A scenario of another terminal, with three faults in force; it ends with its standard input.
const paths = faultsPaths(process.argv[2] ?? '');
mkdirSync(paths.runDir, { recursive: true });
await takeScenarioLock(paths, 'lab scenario failover --by cut');
const ledger = new Ledger(paths);
await ledger.add({ id: '1-pause-core-01', machine: 'core-01', action: { kind: 'pause' }, name: 'pause core-01' });
await ledger.add({ id: '2-cut-core-02', machine: 'core-02', action: { kind: 'cut' }, name: 'cut core-02' });
await ledger.add({
  id: '3-slow-cpu-core-03',
  machine: 'core-03',
  action: { kind: 'slow-cpu', cpus: 0.1 },
  name: 'leave core-03 0.1 CPUs',
});
process.stdout.write('in force\n');
process.stdin.resume();
await once(process.stdin, 'end');
