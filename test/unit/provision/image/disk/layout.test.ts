import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { diskLayout, partitionTable, sectorBytes } from '#provision/image/disk/layout.ts';

const dir = mkdtempSync(join(tmpdir(), 'lab-layout-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('the layout of a disk', () => {
  it.each([1, 8, 10, 2048])('leaves %i GiB without overlap, aligned to 1 MiB, with room for both tables', (sizeGiB) => {
    const { bytes, bootSector, bootSectors, rootSector, rootSectors } = diskLayout(sizeGiB);
    expect(bytes).toBe(sizeGiB * 1024 ** 3);
    expect(bootSector * sectorBytes).toBe(1024 ** 2);
    expect(rootSector).toBe(bootSector + bootSectors);
    const end = (rootSector + rootSectors) * sectorBytes;
    expect(bytes - end).toBeGreaterThanOrEqual(33 * sectorBytes);
    for (const sector of [bootSector, rootSector, end / sectorBytes]) expect(sector % 2048).toBe(0);
  });

  it('is what a GUID partition table in the file says, byte for byte', () => {
    const layout = diskLayout(1);
    const raw = join(dir, 'disk.raw');
    writeFileSync(raw, '');
    truncateSync(raw, layout.bytes);
    const text = partitionTable(layout);
    const lines = text.split('\n').filter((line) => line.startsWith('start='));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain(`start=${layout.bootSector}, size=${layout.bootSectors}`);
    expect(lines[1]).toContain(`start=${layout.rootSector}, size=${layout.rootSectors}`);
    const sfdisk = findSfdisk();
    if (sfdisk === undefined) return;
    execFileSync(sfdisk, ['--quiet', raw], { input: text });
    const { partitiontable } = JSON.parse(execFileSync(sfdisk, ['--json', raw], { encoding: 'utf8' })) as {
      partitiontable: { label: string; partitions: { start: number; size: number; name: string }[] };
    };
    expect(partitiontable.label).toBe('gpt');
    expect(partitiontable.partitions.map(({ start, size, name }) => [name, start, size])).toEqual([
      ['bios', layout.bootSector, layout.bootSectors],
      ['root', layout.rootSector, layout.rootSectors],
    ]);
  });
});

/** sfdisk is a package that only a host that builds disks needs. */
function findSfdisk(): string | undefined {
  try {
    return execFileSync('sh', ['-c', 'PATH=$PATH:/usr/sbin:/sbin command -v sfdisk'], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}
