import { describe, expect, it } from 'vitest';
import { checkTarget } from '#scenarios/harness/record/target-form.ts';

const machines = ['core-01', 'core-02', 'core-03'];

describe('before a cluster runs, a target', () => {
  it.each([
    'core-02',
    'machine running couchbase@1',
    'the machine running x',
    'engine leader',
    'etcd leader',
    'any other',
  ])('%s may mean a machine', (target) => {
    checkTarget(target, machines);
  });

  it.each([
    ['core-09', 'did you mean core-0'],
    ['engine-leader', 'did you mean engine leader'],
    ['machine running', 'targets are core-01, core-02, core-03, machine running UNIT'],
    ['', 'targets are'],
    ['core-02 core-03', 'targets are'],
  ])('%j is none', (target, said) => {
    const check = () => checkTarget(target, machines);
    expect(check).toThrow(expect.objectContaining({ code: 'missing.target' }) as Error);
    expect(check).toThrow(said);
  });
});
