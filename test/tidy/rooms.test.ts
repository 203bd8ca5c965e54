import { describe, expect, it } from 'vitest';
import { readTracked as read, tracked } from '../support/tracked-files.ts';
import { unknownNames, unnamedFolders } from '../support/room-readme.ts';

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

  it('finds every file and folder that a README names, in its room or from the root', () => {
    const readmes = tracked.filter((path) => /\/README\.md$/.test(path) && !path.startsWith('docs/'));
    expect(readmes.length).toBeGreaterThan(rooms.length);
    const lost = readmes.flatMap((path) =>
      unknownNames(folderOf(path), read(path), tracked).map((name) => `${path}: ${name}`),
    );
    expect(lost).toEqual([]);
  });

  it('finds each folder of a room named in its README', () => {
    const told = rooms.filter((room) => !longer.includes(`${room}/README.md`));
    const missing = told.flatMap((room) =>
      unnamedFolders(room, read(`${room}/README.md`), tracked).map((folder) => `${room}/README.md: ${folder}`),
    );
    expect(missing).toEqual([]);
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

describe('names in a README', () => {
  const files = ['a/README.md', 'a/b/c.ts', 'a/b/d.test.ts', 'a/e.ts', 'f/g.ts', 'run.sh'];

  it.each([
    ['`e.ts`, `b/c.ts`, `c.ts`, `f/g.ts`, `b/`, `f/`, `run.sh`, `*.test.ts`, `b/*.ts`', []],
    ['`h.ts` and `b/e.ts`', ['h.ts', 'b/e.ts']],
    ['`f/c.ts` and `h/`', ['f/c.ts', 'h/']],
    ["`g.ts`, which is another room's", ['g.ts']],
    ['`h*.ts`', ['h*.ts']],
    ['`dist/cli/main.js`, `docker.service`, `~/.cache/x/`, `/etc/`, `npm run x`, `h/NAME.ts`', []],
  ])('%s: unknown are %j', (text, unknown) => {
    expect(unknownNames('a', text, files)).toEqual(unknown);
  });

  it.each(['`b/`', '`b/c.ts`', '[b](b/README.md)', '`b`'])('%s names the folder', (text) => {
    expect(unnamedFolders('a', text, files)).toEqual([]);
  });

  it.each(['b', '`bb/`', '`b.ts`', ''])('%j does not name the folder', (text) => {
    expect(unnamedFolders('a', text, files)).toEqual(['b/']);
  });
});

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

function roomsOf(folder: string): string[] {
  const inside = tracked.filter((path) => path.startsWith(`${folder}/`)).map((path) => path.split('/'));
  return [...new Set(inside.filter(({ length }) => length > 2).map((parts) => parts.slice(0, 2).join('/')))];
}
