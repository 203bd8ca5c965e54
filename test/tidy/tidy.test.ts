import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf } from '../support/imports.ts';
import { readTracked as read, root, tracked } from '../support/tracked-files.ts';

const sources = tracked.filter((path) => /\.(ts|tsx)$/.test(path) && !path.startsWith('test/'));

/** Of a file; those of a function are counted by ESLint (`max-lines-per-function`). */
const maxLines = 250;

/** The door to etcd: open to every room, and itself in need of none. */
const etcd = 'platform/etcd/';

/** Which rooms of the house a room may import from; `errors` is open to all, and so is the door to etcd (but not to `errors`). */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  cli: ['cli', 'scenarios', 'provision'],
  scenarios: ['scenarios', 'provision', 'platform/fleet/client'],
  provision: ['provision'],
  platform: ['platform'],
  apps: [],
  errors: [],
};

const machines = 'provision/machines/';
/** Which rooms of provision/machines a room there may import from; the files beside the rooms are open to all but `cgroup`. */
const mayImportOfMachines: Readonly<Record<string, readonly string[]>> = {
  cgroup: [],
  ground: ['cgroup'],
  nspawn: ['cgroup', 'ground'],
  vagrant: ['ground'],
  choice: ['ground', 'nspawn', 'vagrant'],
  supervisor: ['cgroup', 'ground', 'nspawn', 'vagrant'],
};
const cgroupMayImport = ['errors/', 'provision/host/', `${machines}wait-until.ts`, `${machines}cgroup/`];

describe('the house is tidy', () => {
  it('imports go only where the design lets them', () => {
    const astray = sources.flatMap((path) => {
      const room = path.split('/')[0] ?? '';
      return localImports(path)
        .filter((target) => !allowed(path, room, target))
        .map((target) => `${path} -> ${target}`);
    });
    expect(astray).toEqual([]);
  });

  it('of the rooms of provision/machines, neither provider knows the other, and what both stand on knows neither', () => {
    const astray = sources
      .filter((path) => path.startsWith(machines))
      .flatMap((path) =>
        localImports(path)
          .filter((target) => !allowedOfMachines(path, target))
          .map((target) => `${path} -> ${target}`),
      );
    expect(astray).toEqual([]);
  });

  it(`no source file is longer than ${maxLines} lines`, () => {
    const long = sources.filter((path) => read(path).split('\n').length > maxLines + 1);
    expect(long).toEqual([]);
  });

  it('no module of the host keeps a variable from one call to the next', () => {
    const onHost = sources.filter((path) => /^(cli|provision|scenarios|errors)\//.test(path));
    expect(onHost.filter((path) => /^(export )?(let|var) /m.test(read(path)))).toEqual([]);
  });

  it('every link in the documents leads somewhere', () => {
    const broken = tracked
      .filter((path) => path.endsWith('.md'))
      .flatMap((path) =>
        [...read(path).matchAll(/\]\(([^)#\s]+)(#[^)]*)?\)/g)]
          .map((match) => match[1] ?? '')
          .filter((link) => !/^[a-z]+:/.test(link) && !existsSync(join(root, dirname(path), link)))
          .map((link) => `${path}: ${link}`),
      );
    expect(broken).toEqual([]);
  });

  it('no test is skipped or focused', () => {
    const tests = tracked.filter((path) => path.endsWith('.test.ts') && !path.startsWith('test/tidy/'));
    const marked = tests.filter((path) => /\b(it|test|describe)\.(only|skip|todo)\b/.test(read(path)));
    expect(marked).toEqual([]);
  });

  it('no file names the host of a package registry: the ordinary clients know theirs', () => {
    const hosts = [['registry', 'npmjs', 'org'].join('.'), ['deb', 'debian', 'org'].join('.')];
    const naming = tracked.filter(
      (path) => !/\.(png|ico|jpg)$/.test(path) && hosts.some((host) => read(path).includes(host)),
    );
    expect(naming).toEqual([]);
  });
});

const localImports = (path: string): string[] => importsOf(path, read(path));

function allowed(path: string, room: string, target: string): boolean {
  if (target.startsWith('errors/')) return true;
  if (path.startsWith(etcd)) return target.startsWith(etcd);
  if (target.startsWith(etcd)) return room !== 'errors';
  if (room === 'apps' && target.startsWith(path.split('/').slice(0, 2).join('/') + '/')) return true;
  const rooms = mayImport[room];
  // Configuration files at the root belong to no room.
  return rooms === undefined || rooms.some((allowedRoom) => target.startsWith(`${allowedRoom}/`));
}

function allowedOfMachines(path: string, target: string): boolean {
  const [from, of] = [roomOfMachines(path), roomOfMachines(target)];
  if (from === 'cgroup') return cgroupMayImport.some((allowedPath) => target.startsWith(allowedPath));
  return of === undefined || of === from || (mayImportOfMachines[from ?? ''] ?? []).includes(of);
}

/** Undefined for what lies beside the rooms, or elsewhere. */
function roomOfMachines(path: string): string | undefined {
  const [room, ...rest] = path.startsWith(machines) ? path.slice(machines.length).split('/') : [];
  return rest.length > 0 ? room : undefined;
}
