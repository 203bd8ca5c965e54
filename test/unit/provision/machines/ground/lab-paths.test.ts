import { expect, it } from 'vitest';
import { labPaths, type LabPaths, type MachinePaths } from '#provision/machines/ground/lab-paths.ts';

const paths = labPaths('longestname', '/var/lib/coreos-lab/longestname');

it('the longest name that is allowed still fits an interface name of 15 characters', () => {
  expect('longestname').toHaveLength(11);
  expect(paths.hostLink.length).toBeLessThanOrEqual(15);
});

it('a control socket fits the 107 characters of a Unix socket path', () => {
  expect(paths.controlSocket.length).toBeLessThanOrEqual(107);
});

it('no two labs share anything on the host', () => {
  const other = labPaths('lab', '/var/lib/coreos-lab/lab');
  const all = (lab: LabPaths): string[] =>
    [lab, lab.machine('core-01')]
      .flatMap((part) => Object.values<unknown>({ ...part }))
      .filter((value) => typeof value === 'string');
  const ours = new Set(all(paths));
  expect(all(other).filter((path) => ours.has(path))).toEqual([]);
});

it("a machine's things are under the lab's state directory, apart from its neighbours'", () => {
  const files = (machine: MachinePaths): string[] => Object.values(machine) as string[];
  const [one, two] = [files(paths.machine('core-01')), files(paths.machine('core-02'))];
  for (const path of one) expect(path.startsWith(`${paths.stateDir}/machines/core-01`)).toBe(true);
  expect(one.filter((path) => two.includes(path))).toEqual([]);
});

it("the journal is read where the machine's own root has it", () => {
  const { upper, journalDir } = paths.machine('core-01');
  expect(journalDir).toBe(`${upper}/var/log/journal`);
});
