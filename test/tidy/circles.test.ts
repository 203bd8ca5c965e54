import { describe, expect, it } from 'vitest';
import { importCircles, importsOf } from '../support/imports.ts';
import { readTracked, tracked } from '../support/tracked-files.ts';

const sources = tracked.filter((path) => /\.tsx?$/.test(path) && !path.startsWith('test/'));
const graph = new Map(sources.map((path) => [path, importsOf(path, readTracked(path))]));

/** Rooms without a circle; the others have some. */
const rooms = ['provision', 'cli', 'apps'];

describe('imports, those of types included, go in no circle', () => {
  it.each(rooms)('of %s', (room) => {
    expect(sources.filter((path) => path.startsWith(`${room}/`)).length).toBeGreaterThan(10);
    const circles = importCircles(graph);
    expect(circles.filter((circle) => circle.some((path) => path.startsWith(`${room}/`)))).toEqual([]);
  });
});

describe('the search for circles', () => {
  const circlesOf = (files: Readonly<Record<string, string>>) =>
    importCircles(new Map(Object.entries(files).map(([path, text]) => [path, importsOf(path, text)])));

  it('sees imports of values and types, of several lines, for later, and what is handed on', () => {
    const ways = [
      "import { b } from './b.ts';",
      "import type { B } from './b.ts';",
      "import {\n  one,\n  two,\n} from './b.ts';",
      "import './b.ts';",
      "const b = await import('./b.ts');",
      "type B = import('./b.ts').B;",
      "export { b } from './b.ts';",
      "export * from './b.ts';",
    ];
    for (const way of ways)
      expect([way, circlesOf({ 'x/a.ts': way, 'x/b.ts': "import type { A } from '../x/a.ts';" })]).toEqual([
        way,
        [['x/a.ts', 'x/b.ts']],
      ]);
  });

  it('finds long circles and several, and one that a file makes alone', () => {
    const to = (...targets: string[]) => targets.map((target) => `import '${target}';`).join('\n');
    const files = {
      'a.ts': to('./b.ts'),
      'b.ts': to('./c.ts', './d/e.ts'),
      'c.ts': to('./a.ts'),
      'd/e.ts': to('./f.ts'),
      'd/f.ts': to('./e.ts'),
      'g.ts': to('./g.ts'),
      'h.ts': to('./a.ts', './d/f.ts', 'node:fs', 'h.ts'),
    };
    expect(circlesOf(files)).toEqual([['a.ts', 'b.ts', 'c.ts'], ['d/e.ts', 'd/f.ts'], ['g.ts']]);
  });

  it('takes two ways to one file for no circle', () => {
    expect(circlesOf({ 'a.ts': "import './b.ts'; import './c.ts';", 'b.ts': "import './c.ts';", 'c.ts': '' })).toEqual(
      [],
    );
  });
});
