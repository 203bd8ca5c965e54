import { describe, expect, it } from 'vitest';
import { readTracked as read, tracked } from '../support/tracked-files.ts';

const maxLines = 20;
/** Documents in their own right, not signposts. */
const longer = ['README.md', 'docs/decisions/README.md', 'apps/couchbase/README.md', 'test/host/README.md'];

/** The top folders with sources, and the rooms of those that are made of rooms. */
const rooms = [
  'cli',
  'provision',
  'platform',
  'apps',
  'scenarios',
  'simulation',
  'guide',
  'dashboard',
  'site',
  'errors',
  'units',
  'test',
  ...['provision', 'platform'].flatMap(roomsOf),
  'scenarios/harness',
  'scenarios/stack',
  'apps/couchbase',
  'test/host',
];

describe('whoever comes next', () => {
  it('finds a README in each room: what lives there, what may be imported, where to begin', () => {
    expect(rooms).toContain('provision/machines');
    expect(rooms.filter((room) => !tracked.includes(`${room}/README.md`))).toEqual([]);
  });

  it(`has read it in ${maxLines} lines`, () => {
    const signposts = tracked.filter((path) => /(^|\/)README\.md$/.test(path) && !longer.includes(path));
    expect(signposts.length).toBeGreaterThan(rooms.length - longer.length);
    expect(signposts.filter((path) => read(path).trimEnd().split('\n').length > maxLines)).toEqual([]);
  });

  it('finds the licence that package.json names, and how to contribute', () => {
    const { license } = JSON.parse(read('package.json')) as { license: string };
    expect(read('LICENSE').split('\n')[0]).toBe(`${license} License`);
    expect(tracked).toContain('CONTRIBUTING.md');
    expect(tracked).toContain('CHANGELOG.md');
  });
});

describe('the decisions', () => {
  const folder = 'docs/decisions/';
  const files = tracked.filter((path) => path.startsWith(folder) && path !== `${folder}README.md`).sort();
  const names = files.map((path) => path.slice(folder.length));

  it('have a number each, from 001 on, and a name', () => {
    expect(names.length).toBeGreaterThan(50);
    expect(names.filter((name) => !/^\d{3}-[a-z0-9-]+\.md$/.test(name))).toEqual([]);
    expect(names.map((name) => Number(name.slice(0, 3)))).toEqual(names.map((_, index) => index + 1));
  });

  it('say what was decided in their heading, when, and why', () => {
    const shape = /^# (\d{3})\. \S.*\n\nDate: \d{4}-\d{2}-\d{2}\n\n\S/;
    expect(files.filter((path, index) => shape.exec(read(path))?.[1] !== names[index]?.slice(0, 3))).toEqual([]);
  });

  it('are in the index, each once and with its heading', () => {
    const entries = [...read(`${folder}README.md`).matchAll(/^- \[\d{3}\]\((\S+)\) (.+)$/gm)];
    const listed = entries.map((match) => `${match[1]} ${match[2]}`).sort();
    expect(listed).toEqual(
      files.map((path, index) => `${names[index]} ${/^# \d{3}\. (.*)/.exec(read(path))?.[1] ?? ''}`),
    );
  });
});

function roomsOf(folder: string): string[] {
  const inside = tracked.filter((path) => path.startsWith(`${folder}/`)).map((path) => path.split('/'));
  return [...new Set(inside.filter(({ length }) => length > 2).map((parts) => parts.slice(0, 2).join('/')))];
}
