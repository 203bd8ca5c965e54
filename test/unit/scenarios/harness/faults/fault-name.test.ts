import { expect, it } from 'vitest';
import { faultName } from '#scenarios/harness/faults/fault-name.ts';
import type { FaultAction } from '#scenarios/harness/record/fault-record.ts';

it.each<[FaultAction, string]>([
  [{ kind: 'halt' }, 'halt core-02'],
  [{ kind: 'pause' }, 'pause core-02'],
  [{ kind: 'partition', from: 'all' }, 'partition core-02 from all others'],
  [{ kind: 'partition', from: ['core-01', 'core-03'] }, 'partition core-02 from core-01, core-03'],
  [{ kind: 'packet-loss', percent: 30 }, 'drop 30 % of the packets to core-02'],
  [{ kind: 'slow-cpu', cpus: 0.1 }, 'leave core-02 0.1 CPUs'],
  [{ kind: 'slow-disk', bytesPerSecond: 262_144 }, 'leave core-02 256 KiB/s of disk'],
  [{ kind: 'full-disk' }, 'fill the disk of core-02'],
  [{ kind: 'kill', unit: 'etcd.service' }, 'kill etcd.service on core-02'],
  [{ kind: 'kill-container', container: 'worker' }, 'kill container worker on core-02'],
  [{ kind: 'stop-unit', unit: 'docker.service' }, 'stop docker.service on core-02'],
])('a person says %j so', (action, name) => {
  expect(faultName('core-02', action)).toBe(name);
});
