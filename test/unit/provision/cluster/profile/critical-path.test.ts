import { expect, it } from 'vitest';
import { criticalPath } from '#provision/cluster/profile/critical-path.ts';
import type { Phase } from '#provision/cluster/profile/phase.ts';

const phase = (subject: string, name: string, fromMs: number, toMs: number, rest: Partial<Phase> = {}): Phase => ({
  subject,
  phase: name,
  fromMs,
  toMs,
  waits: false,
  ...rest,
});
const shown = (phases: readonly Phase[], wholeMs: number) =>
  criticalPath(phases, wholeMs).map((step) => `${step.subject} ${step.phase} ${step.fromMs}-${step.toMs} ${step.kind}`);

it('a service that was begun early and waited for another counts from there on', () => {
  const phases = [
    phase('lab', 'network', 0, 100),
    phase('core-01', 'etcd', 100, 500),
    phase('core-01', 'flannel', 110, 600, { needs: ['etcd'] }),
    phase('core-01', 'docker', 600, 900, { needs: ['flannel'] }),
  ];
  expect(shown(phases, 900)).toEqual([
    'lab network 0-100 work',
    'core-01 etcd 100-500 work',
    'core-01 flannel 500-600 work',
    'core-01 docker 600-900 work',
  ]);
});

it('what a machine needs is looked for on that machine, though another ended a little later', () => {
  const phases = [
    phase('core-01', 'docker', 0, 300),
    phase('core-02', 'docker', 0, 310),
    phase('core-01', 'fleetd', 320, 400, { needs: ['docker'] }),
  ];
  expect(shown(phases, 400)).toEqual([
    'core-01 docker 0-300 work',
    'lab - 300-320 wait',
    'core-01 fleetd 320-400 work',
  ]);
});

it('a cluster begins with the member that made it a quorum', () => {
  const member = { needs: ['systemd'], quorum: 2 };
  const phases = [
    phase('core-01', 'systemd', 0, 100),
    phase('core-02', 'systemd', 0, 250),
    phase('core-03', 'systemd', 0, 900),
    phase('core-01', 'etcd', 100, 700, member),
    phase('core-02', 'etcd', 250, 690, member),
    phase('core-03', 'etcd', 900, 950, member),
    phase('core-01', 'flannel', 110, 980, { needs: ['etcd'] }),
  ];
  expect(shown(phases, 980)).toEqual([
    'core-02 systemd 0-250 work',
    'core-02 etcd 250-690 work',
    'core-01 etcd 690-700 work',
    'core-01 flannel 700-980 work',
  ]);
});

it('where nothing is done that is known, it says what was waited for, the machine at hand first', () => {
  const phases = [
    phase('core-01', 'docker', 0, 300),
    phase('core-01', 'services', 50, 950, { waits: true }),
    phase('lab', 'fleet', 60, 1000, { waits: true }),
    phase('core-01', 'fleetd', 400, 500, { needs: ['docker'] }),
  ];
  expect(shown(phases, 1000)).toEqual([
    'core-01 docker 0-300 work',
    'core-01 services 300-400 wait',
    'core-01 fleetd 400-500 work',
    'lab fleet 500-1000 wait',
  ]);
});

it('nothing known is one stretch', () => {
  expect(shown([], 1000)).toEqual(['lab - 0-1000 wait']);
  expect(criticalPath([], 0)).toEqual([]);
});
