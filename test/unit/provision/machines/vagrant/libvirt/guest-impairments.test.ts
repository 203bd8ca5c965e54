import { describe, expect, it } from 'vitest';
import { carryOut, planImpair, planLift } from '#provision/machines/vagrant/libvirt/guest-impairments.ts';
import type { Impairment } from '#provision/machines/machine-provider.ts';

/** Carries plans out on records of what was asked for, in order. */
function recorder() {
  const done: string[] = [];
  const rules = new Set<string>();
  return {
    done,
    rules,
    means: {
      virsh: { run: async (...argv: readonly string[]) => (done.push(`virsh ${argv.join(' ')}`), '') },
      ebtables: async ([verb, ...rule]: readonly string[]) => {
        if (verb === '-A') rules.add(rule.join(' '));
        else rules.delete(rule.join(' '));
      },
      guest: async (argv: readonly string[]) => void done.push(`guest ${argv.join(' ')}`),
    },
  };
}

describe('what is taken from a guest', () => {
  it.each<Impairment>([
    { kind: 'partition', from: 'all' },
    { kind: 'partition', from: ['core-02', 'core-03'] },
  ])('%j: the rules are there once, however often it is asked for, and gone after one lift', async (impairment) => {
    const { rules, means } = recorder();
    await carryOut(planImpair('core-01', impairment), means);
    const once = [...rules];
    expect(once).toHaveLength(4);
    expect(once.every((rule) => rule.includes('vb-core-01') && rule.endsWith('-j DROP'))).toBe(true);
    await carryOut(planImpair('core-01', impairment), means);
    expect([...rules]).toEqual(once);
    await carryOut(planLift('core-01', impairment), means);
    expect(rules.size).toBe(0);
  });

  it('a pause is taken back by resuming, a slow disk by no limit', async () => {
    const { done, means } = recorder();
    for (const impairment of [{ kind: 'pause' }, { kind: 'slow-disk', bytesPerSecond: 1024 }] as const) {
      await carryOut(planImpair('core-02', impairment), means);
      await carryOut(planLift('core-02', impairment), means);
    }
    expect(done).toEqual([
      'virsh suspend core-02',
      'virsh resume core-02',
      'virsh blkdeviotune core-02 vda --read-bytes-sec 1024 --write-bytes-sec 1024 --live',
      'virsh blkdeviotune core-02 vda --read-bytes-sec 0 --write-bytes-sec 0 --live',
    ]);
  });

  it('lost packets are taken back by deleting the very rule', () => {
    const loss: Impairment = { kind: 'packet-loss', percent: 12.5 };
    const [begin] = planImpair('core-01', loss).guest;
    const [end] = planLift('core-01', loss).guest;
    expect(begin?.join(' ')).toContain('--probability 0.1250');
    expect(end?.join(' ')).toBe(begin?.join(' ').replace('-I', '-D'));
  });

  it('refuses to slow its CPU, by capability', () => {
    expect(() => planImpair('core-01', { kind: 'slow-cpu', cpus: 0.5 })).toThrow(
      expect.objectContaining({ code: 'state.capability' }) as Error,
    );
  });
});
