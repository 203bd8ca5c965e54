import { expect, test } from 'vitest';
import { fullDiskNote } from '#cli/render/full-disk-note.ts';

const disk = (freeBytes: number) => ({ mountPoint: '/', type: 'ext4', freeBytes });

test('a disk that is nearly full is named, with what is left', () => {
  expect(fullDiskNote('/var/lib/coreos-lab', disk(0))).toContain('no space left for /var/lib/coreos-lab (ext4 on /)');
  expect(fullDiskNote('/var/lib/coreos-lab', disk(400_000_000))).toContain('only 0.4 GB left');
});

test('nothing is said of one with room, nor of one that cannot be examined', () => {
  expect(fullDiskNote('/x', disk(10_000_000_000))).toBeUndefined();
  expect(fullDiskNote('/x', undefined)).toBeUndefined();
});
