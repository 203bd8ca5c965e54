import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readGuide } from '#guide/form/read-guide.ts';
import { readTracked, tracked } from '../../support/tracked-files.ts';
import { commandLinesIn, isRunBy, shapeOf, shapesInTest } from './command-shapes.ts';

const root = join(import.meta.dirname, '../../..');

/** docs/errors.md is made of the catalogue, whose remedies other tests hold against the commands' grammar. */
const documents = tracked.filter((path) => /^(README|docs\/[a-z-0-9]+)\.md$/.test(path) && path !== 'docs/errors.md');

/** What a document names and no test runs, by what it does, and why not. */
const notRun: Readonly<Record<string, string>> = {
  'lab scenario bootstrap --repeat': 'the end-to-end test runs it once; more rounds are minutes',
  'lab scenario chaos --minutes --rounds --seed': 'the end-to-end test runs one round; more are minutes',
  'lab scenario failover --provider': 'of virtual machines a scenario takes half an hour; docs/results.md has its run',
  'lab scenario failover --json':
    'what it prints is the report, which `lab report --json` and its schema are tested by',
  'lab doctor --provider': 'it looks for Vagrant on this host, which a host of tests may have or not',
  'lab doctor --fix -y': 'as without -y',
  'lab dashboard --run': 'it serves until it is stopped: what it serves is tested, and looked at in a browser',
  'lab dashboard --port --run': 'it serves until it is stopped: what it serves is tested, and looked at in a browser',
  'lab docs --open': 'a host of tests has no browser of a person’s',
  'lab report --open': 'a host of tests has no browser of a person’s',
  'etcdctl help': 'its lines are held against the grammar of the tests',
  'lab scenario --help': 'with the name of a scenario it is run; here it stands with a file’s',
  'lab up --profile': 'it is in the end-to-end test as a call with options of its own',
  'docker push -a': 'named as what is not there',
  'docker run --net --pid --privileged --rm -it -v': 'wants a terminal on a machine; its parts are Docker’s own',
  'etcdctl watch': 'named for what it shows of v2',
  'npm run --': 'benchmarks and simulations, minutes to hours each',
  'npm ci': 'the launcher runs it',
  'lab configs': 'a row of a profile, not a command',
  'vagrant rsync': 'named as what is not there',
};

describe('a command of README or docs', () => {
  it('is run by a test, or has a reason why not', async () => {
    const guide = await readGuide(join(root, 'guide/chapter'), 'chapter');
    const typed = guide.steps.flatMap(({ type, look }) => [...type, ...look]);
    // This file names what is not run, too.
    const tests = tracked.filter((path) => /^test\/(?!unit\/site\/command).*\.ts$/.test(path));
    const ran = [
      ...typed.map(shapeOf),
      ...tests.flatMap((path) => shapesInTest(readFileSync(join(root, path), 'utf8'))),
    ].filter((shape) => shape !== undefined);
    const known = [...new Set(ran)];
    const named = new Map(
      documents.flatMap((path) =>
        commandLinesIn(readTracked(path)).map((line) => [shapeOf(line) ?? '', `${path}: ${line}`] as const),
      ),
    );
    expect(named.size).toBeGreaterThan(100);
    const unproven = [...named].filter(([shape]) => !isRunBy(shape, known) && notRun[shape] === undefined);
    expect(unproven).toEqual([]);
    const reasonless = Object.keys(notRun).filter((shape) => !named.has(shape) || isRunBy(shape, known));
    expect(reasonless).toEqual([]);
  });
});

describe('the shape of a command', () => {
  it.each([
    ['./lab scenario failover --by cut', 'lab scenario failover --by'],
    ['lab --name second up', 'lab up'],
    ["lab ssh core-01 -- curl -s 'http://127.0.0.1:2379/version'", 'lab ssh --'],
    ['./lab destroy core-02', 'lab destroy'],
    ['fleetctl list-units', 'fleetctl list-units'],
    ['npm run bench -- v2', 'npm run --'],
    ['lab', undefined],
    ['laboratory up', undefined],
    ['a sentence about lab up', undefined],
  ])('%s', (line, shape) => {
    expect(shapeOf(line)).toBe(shape);
  });

  it('is found in listings and in code within a text, with alternatives one by one', () => {
    const text =
      'Type `./lab halt core-02`, or `lab up [--dry-run|--profile]`.\n\n```\n$ ./lab status   # where it is\nnot one\n```\n';
    expect(commandLinesIn(text)).toEqual([
      './lab halt core-02',
      'lab up --dry-run',
      'lab up --profile',
      './lab status',
    ]);
  });

  it('of a test is what it runs, not what it expects to read', () => {
    const source = `
      await lab('status', '--json');
      expect((await run('halt', name)).stderr).toContain('lab destroy -f');
      await typed('fleetctl start a | grep b');
      it.each([['cut', 'core-02']])('', () => passes('quorum'));`;
    const shapes = shapesInTest(source);
    expect(shapes).toEqual(
      expect.arrayContaining(['lab status --json', 'lab halt', 'fleetctl start', 'lab cut', 'lab scenario quorum']),
    );
    expect(shapes.filter((shape) => shape.startsWith('lab destroy'))).toEqual([]);
  });

  it('is run by one with the same words and as many options', () => {
    expect(isRunBy('lab up --json', ['lab up --dry-run --json'])).toBe(true);
    expect(isRunBy('lab up --profile', ['lab up', 'lab halt --profile'])).toBe(false);
  });
});
