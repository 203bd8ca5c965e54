import { expect, it } from 'vitest';
import { LabError } from '#errors/lab-error.ts';
import type { Impairment } from '#provision/machines/machine-provider.ts';
import { checkImpairment } from '#provision/machines/nspawn/check-impairment.ts';

const machine = { name: 'core-01', machines: ['core-01', 'core-02', 'core-03'], cpus: 1 };

it.each<Impairment>([
  { kind: 'pause' },
  { kind: 'partition', from: 'all' },
  { kind: 'partition', from: ['core-02', 'core-03'] },
  { kind: 'packet-loss', percent: 0.5 },
  { kind: 'packet-loss', percent: 100 },
  { kind: 'slow-cpu', cpus: 0.01 },
  { kind: 'slow-cpu', cpus: 1 },
  { kind: 'slow-disk', bytesPerSecond: 1 },
])('lets %j pass', (impairment) => {
  expect(() => checkImpairment(impairment, machine)).not.toThrow();
});

it.each([
  [{ kind: 'partition', from: [] }, 'nobody'],
  [{ kind: 'partition', from: ['core-01'] }, 'itself'],
  [{ kind: 'partition', from: ['core-02', 'core-09'] }, 'no machine core-09'],
  [{ kind: 'packet-loss', percent: 0 }, 'above 0 and at most 100'],
  [{ kind: 'packet-loss', percent: 101 }, 'above 0 and at most 100'],
  [{ kind: 'packet-loss', percent: NaN }, 'above 0 and at most 100'],
  [{ kind: 'slow-cpu', cpus: 0 }, '0.01 to 1'],
  [{ kind: 'slow-cpu', cpus: 2 }, '0.01 to 1'],
  [{ kind: 'slow-disk', bytesPerSecond: 0.5 }, 'whole number above 0'],
  [{ kind: 'nonsense' }, 'no impairment of this kind'],
])('refuses %j and says why', (impairment, why) => {
  const check = () => checkImpairment(impairment as Impairment, machine);
  expect(check).toThrow(LabError);
  expect(check).toThrow(why);
});
