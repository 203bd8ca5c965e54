import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { profileText } from '../../../../cli/render/profile-text.ts';
import { criticalPath } from '#provision/cluster/profile/critical-path.ts';
import type { Phase, Profile } from '#provision/cluster/profile/phase.ts';

const phase = (subject: string, name: string, fromMs: number, toMs: number, waits = false): Phase => ({
  subject,
  phase: name,
  fromMs,
  toMs,
  waits,
});
const phases = [
  phase('lab', 'command', 0, 400),
  phase('lab', 'network', 400, 1000),
  phase('core-01', 'boot', 1000, 1500),
  phase('core-02', 'boot', 1000, 2000),
  phase('lab', 'fleet', 2000, 2600, true),
];
const profileOf = (all: readonly Phase[], wholeMs: number): Profile => ({
  wholeMs,
  phases: all,
  path: criticalPath(all, wholeMs),
});
const text = (columns: number, all = phases) => stripVTControlCharacters(profileText(profileOf(all, 2600), columns));

it('draws each phase, fills the critical path, and lists it', () => {
  expect(`\n${text(60)}`).toBe(`
lab command   0.40 s  ####
lab network   0.60 s      ######
core-01 boot  0.50 s            .....
core-02 boot  1.00 s            ##########
A column is 100 ms; # is critical.

Critical path: 2.60 s from the command's start until the lab was ready
  0.40 s  15 %  lab command
  0.60 s  23 %  lab network
  1.00 s  38 %  core-02 boot
  0.60 s  23 %  lab waiting: fleet`);
});

it('is never wider than the terminal, and without room for bars has the path alone', () => {
  for (const columns of [120, 80, 60, 45]) {
    const picture = text(columns).split('\n\n')[0] ?? '';
    for (const line of picture.split('\n')) expect(line.length).toBeLessThanOrEqual(columns);
  }
  expect(text(30)).not.toContain('#');
  expect(text(30)).toContain('core-02 boot');
});

it('of many machines those that the path does not touch are counted only', () => {
  const five = ['core-03', 'core-04', 'core-05'].map((name) => phase(name, 'boot', 1000, 1200));
  expect(text(80, [...phases, ...five])).toContain('(4 more machines, not critical)');
  expect(text(80, [...phases, ...five])).not.toContain('core-04');
});
