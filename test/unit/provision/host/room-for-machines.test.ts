import { expect, it } from 'vitest';
import { type Room, roomForMachines, roomText } from '#provision/host/room-for-machines.ts';
import { load } from '../config/config-directory.ts';
import { describedHost, type Description } from './described-host.ts';

const gb = 1024 ** 3;
const config = load({});

const rooms = (changes: Description) => roomForMachines(describedHost(changes), config);
const shown = (all: readonly Room[]) =>
  all.map(({ memoryBytes, machines, limit }) => [memoryBytes / gb, machines, limit]);
const available = (kib: number): Description => ({ files: { '/proc/meminfo': `MemAvailable:   ${kib} kB\n` } });

it('says for each size how many machines fit, at most as many as there may be, and what is short', () => {
  expect(shown(rooms({}))).toEqual([
    [1.5, 8, 'memory'],
    [2, 6, 'memory'],
    [3, 4, 'memory'],
    [4, 3, 'memory'],
    [8, 1, 'memory'],
  ]);
  expect(shown(rooms(available(64 * 1024 * 1024)))[1]).toEqual([2, 9, 'config.rb']);
  const little = { mountPoint: '/', type: 'ext4', freeBytes: 5 * gb };
  expect(shown(rooms({ fileSystem: little })).slice(0, 3)).toEqual([
    [1.5, 5, 'disk'],
    [2, 5, 'disk'],
    [3, 4, 'memory'],
  ]);
});

it('has the size that config.rb asks for among them', () => {
  const own = load({ rb: '$vm_memory = 2500\n' });
  expect(roomForMachines(describedHost(), own).map(({ memoryBytes }) => memoryBytes / 1024 ** 2)).toContain(2500);
});

it('is a sentence', () => {
  expect(roomText(rooms({}), config)).toBe(
    'room for 8 of 1536 MB, or 6 of 2048 MB, or 4 of 3072 MB, or 3 of 4096 MB, or 1 of 8192 MB; memory is the limit; config.rb has 3 of 2048 MB',
  );
  expect(roomText(rooms(available(1024)), config)).toBe('room for no machine');
  expect(rooms({ files: { '/proc/meminfo': undefined } })).toEqual([]);
});
