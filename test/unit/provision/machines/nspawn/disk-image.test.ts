import { expect, it } from 'vitest';
import { diskLabel } from '#provision/machines/nspawn/disk-image.ts';

it.each([
  ['lab', 'core-01', 'lab-core-01'],
  ['longestname', 'core-01', 'longestn-core-01'],
  ['lab', 'a-machine-of-15', 'a-machine-of-15'],
  ['lab', 'a-machine-of-many-letters-7', 'of-many-letters-7'.slice(-16)],
])("the disk of lab %s's machine %s is labelled %s", (lab, machine, label) => {
  expect(diskLabel(lab, machine)).toBe(label);
  expect(diskLabel(lab, machine).length).toBeLessThanOrEqual(16);
});
