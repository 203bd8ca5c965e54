import { describe, expect, it } from 'vitest';
import { LabError } from '#errors/lab-error.ts';
import type { UnitView } from '#scenarios/harness/record/cluster-view.ts';
import { resolveTarget, type TargetScene } from '#scenarios/harness/faults/targets.ts';

const unit = (name: string, ...machines: string[]): UnitView => ({
  name,
  target: machines[0],
  reason: undefined,
  states: machines.map((machine) => ({ machine, state: 'active/running' })),
});

const scene: TargetScene = {
  view: {
    machines: ['core-01', 'core-02', 'core-03'],
    units: [
      unit('couchbase@1.service', 'core-02'),
      unit('worker.service'),
      unit('twice.service', 'core-01', 'core-03'),
    ],
    keys: {},
  },
  machines: ['core-01', 'core-02', 'core-03'],
  engineLeader: 'core-03',
  etcdLeader: 'core-01',
  faulted: [],
};

function refusal(target: string, on: TargetScene = scene): LabError {
  try {
    resolveTarget(target, on);
  } catch (error) {
    if (error instanceof LabError) return error;
  }
  throw new Error(`${target} was resolved`);
}

describe('a target', () => {
  it.each([
    ['core-02', 'core-02'],
    ['machine running couchbase@1', 'core-02'],
    ['machine running couchbase@1.service', 'core-02'],
    ['the machine running couchbase@1', 'core-02'],
    ['engine leader', 'core-03'],
    ['etcd leader', 'core-01'],
    ['any other', 'core-01'],
  ])('%s is %s', (target, machine) => {
    expect(resolveTarget(target, scene)).toBe(machine);
  });

  it('"any other" passes over machines under a fault', () => {
    expect(resolveTarget('any other', { ...scene, faulted: ['core-01', 'core-02'] })).toBe('core-03');
    expect(refusal('any other', { ...scene, faulted: scene.machines }).message).toContain('every machine');
  });
});

describe('what is no target', () => {
  it('says which targets there are', () => {
    const error = refusal('core-09');
    expect(error).toMatchObject({ code: 'missing.target', exitCode: 68 });
    for (const name of [...scene.machines, 'engine leader', 'etcd leader', 'any other'])
      expect(error.message).toContain(name);
  });

  it('says which units run, when none of that name does', () => {
    for (const name of ['worker', 'nosuch', 'twice']) {
      const { message } = refusal(`machine running ${name}`);
      expect(message).toContain(`machine running ${name}`);
      expect(message).toContain('couchbase@1.service');
    }
  });

  it('is a leader that there is not', () => {
    const headless = { ...scene, engineLeader: undefined, etcdLeader: undefined };
    expect(refusal('engine leader', headless).message).toContain('nobody leads');
    expect(refusal('etcd leader', headless).message).toContain('no leader');
  });
});
