import { describe, expect, it } from 'vitest';
import { type Peers, planImpair, planLift } from '#provision/machines/vagrant/virtualbox/virtualbox-impairments.ts';

const macs: Readonly<Record<string, string>> = { 'core-02': '52:54:00:aa:bb:02', 'core-03': '52:54:00:aa:bb:03' };
const peers: Peers = { cpus: 2, executionCap: 80, macOf: (machine) => macs[machine] ?? '' };
const lines = (commands: readonly (readonly string[])[]) => commands.map((argv) => argv.join(' '));

describe('what is taken from a guest of VirtualBox', () => {
  it('a pause is taken back by resuming, less CPU by what config.rb gives it', () => {
    expect(planImpair({ kind: 'pause' }, peers).control).toEqual([['pause']]);
    expect(planLift({ kind: 'pause' }, peers).control).toEqual([['resume']]);
    const slow = (cpus: number) => planImpair({ kind: 'slow-cpu', cpus }, peers).control;
    expect([slow(0.5), slow(0.001), slow(9)]).toEqual([25, 1, 100].map((cap) => [['cpuexecutioncap', String(cap)]]));
    expect(planLift({ kind: 'slow-cpu', cpus: 0.5 }, peers).control).toEqual([['cpuexecutioncap', '80']]);
  });

  it('a disk cannot be slowed down, which is said before anything is done', () => {
    expect(() => planImpair({ kind: 'slow-disk', bytesPerSecond: 1 }, peers)).toThrow(/VirtualBox limits the disk/);
  });

  it('lost packets and a full disk are what they are in any guest', () => {
    const loss = { kind: 'packet-loss', percent: 12.5 } as const;
    expect(lines(planLift(loss, peers).guest)).toEqual(
      lines(planImpair(loss, peers).guest).map((line) => line.replace('-I', '-D')),
    );
    expect(planLift({ kind: 'full-disk' }, peers).guest[0]?.[0]).toBe('rm');
  });
});

describe('a partition inside the guest', () => {
  const begun = (from: 'all' | string[]) => lines(planImpair({ kind: 'partition', from }, peers).guest);
  const lifted = lines(planLift({ kind: 'partition', from: 'all' }, peers).guest);

  it('takes an earlier one back first, so that it holds once, and one lift is enough', () => {
    for (const from of ['all', ['core-02', 'core-03']] as const) {
      expect(begun(from === 'all' ? from : [...from]).slice(0, 2)).toEqual([
        ...lifted,
        'tc qdisc add dev host0 clsact',
      ]);
    }
  });

  it('drops all frames, or those from and to the machines that are named', () => {
    const filters = (from: 'all' | string[]) =>
      begun(from)
        .slice(2)
        .map((line) => line.replace(/^.* pref 7 /, ''));
    expect(filters('all')).toEqual(['matchall action drop', 'matchall action drop']);
    expect(filters(['core-02', 'core-03'])).toEqual([
      'handle 1 flower src_mac 52:54:00:aa:bb:02 action drop',
      'handle 1 flower dst_mac 52:54:00:aa:bb:02 action drop',
      'handle 2 flower src_mac 52:54:00:aa:bb:03 action drop',
      'handle 2 flower dst_mac 52:54:00:aa:bb:03 action drop',
    ]);
    expect(
      begun('all')
        .filter((line) => line.includes('gress'))
        .map((line) => line.split(' ')[5]),
    ).toEqual(['ingress', 'egress']);
  });
});
