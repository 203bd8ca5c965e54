import { describe, expect, it } from 'vitest';
import { howToPrepare } from '#provision/cluster/up/prepare-guest.ts';
import type { MachineState } from '#provision/machines/machine-provider.ts';

const names = ['core-01', 'core-02', 'core-03'];
const lab = (...states: MachineState[]) => states.map((state, i) => ({ name: names[i] ?? '', state }));
const none = lab('absent', 'absent', 'absent');

describe('a guest that a person boots', () => {
  it('begins a cluster, or joins those that begin it, even before the first of them exists', () => {
    expect(howToPrepare('core-01', none, [])).toBe('first');
    expect(howToPrepare('core-02', none, ['core-02', 'core-03'])).toBe('begins');
    expect(howToPrepare('core-03', none, ['core-03'])).toBe('begins');
    expect(howToPrepare('core-03', lab('running', 'stopped', 'absent'), ['core-03'])).toBe('begins');
  });

  it('needs nothing when it has a disk', () => {
    expect(howToPrepare('core-02', lab('running', 'stopped', 'running'), [])).toBe('nothing');
    expect(howToPrepare('core-02', lab('absent', 'running', 'absent'), ['core-01', 'core-03'])).toBe('nothing');
  });

  it("takes its old member's place when it was destroyed", () => {
    expect(howToPrepare('core-01', lab('absent', 'running', 'running'), [])).toBe('replaces');
    expect(howToPrepare('core-01', lab('absent', 'running', 'absent'), ['core-03'])).toBe('replaces');
  });

  it('begins anew when all were destroyed', () => {
    expect(howToPrepare('core-01', none, ['core-02', 'core-03'])).toBe('first');
  });
});
