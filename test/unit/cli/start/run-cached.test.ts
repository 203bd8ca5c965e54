import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { execa } from 'execa';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

let starter: string;
let dir: string;
const program = () => join(dir, 'program.cjs');
const folder = () => join(dir, 'code-cache');
const kept = () => readdirSync(folder()).sort();

beforeAll(async () => {
  const built = await build({
    stdin: {
      contents: `import { runCached } from './cli/start/run-cached.ts';
        const [program, folder, kind] = process.argv.splice(2, 3);
        runCached(program, folder, kind);`,
      resolveDir: join(import.meta.dirname, '../../../..'),
    },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
  });
  starter = built.outputFiles[0]?.text ?? '';
});
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'run-cached-'));
  writeFileSync(join(dir, 'start.cjs'), starter);
  writeFileSync(program(), 'console.log("one", ...process.argv.slice(2))');
});
afterEach(() => rmSync(dir, { recursive: true }));

async function run(kind = 'status', ...words: string[]): Promise<string> {
  const outcome = await execa(process.execPath, [join(dir, 'start.cjs'), program(), folder(), kind, ...words], {
    reject: false,
  });
  return `${outcome.stdout}${outcome.stderr}`;
}

describe('a program', () => {
  it('finds what it would find in a file that node runs', async () => {
    writeFileSync(
      program(),
      `const { basename } = require('node:path');
       require('./beside.cjs');
       console.log(basename(__filename), basename(__dirname), module.exports === exports, typeof this);`,
    );
    writeFileSync(join(dir, 'beside.cjs'), 'console.log("beside")');
    expect(await run()).toBe(`beside\nprogram.cjs ${dir.split('/').at(-1) ?? ''} true object`);
  });

  it('is told by its own name and lines in a stack', async () => {
    writeFileSync(program(), '\n\nfunction broken() { throw new Error("no"); }\nbroken();');
    expect(await run()).toContain(`at broken (${program()}:3:`);
  });

  it('runs the same from what was kept, and that is kept once', async () => {
    expect(await run('status', 'a')).toBe('one a');
    const [first = ''] = kept();
    const before = statSync(join(folder(), first), { bigint: true });
    expect(await run('status', 'b')).toBe('one b');
    expect(kept()).toEqual([first]);
    expect(statSync(join(folder(), first), { bigint: true })).toMatchObject({
      ino: before.ino,
      mtimeNs: before.mtimeNs,
    });
  });

  it('is kept for each kind of call', async () => {
    await run('status');
    await run('up');
    expect(kept().map((name) => name.split('-').at(-1))).toEqual(['status', 'up']);
  });

  it('that was built anew is never taken for the old one, however alike they are', async () => {
    await run();
    writeFileSync(program(), 'console.log("two", ...process.argv.slice(2))');
    utimesSync(program(), new Date(), new Date(Date.now() + 5_000));
    expect(await run()).toBe('two');
    expect(await run()).toBe('two');
  });
});

describe('what was kept', () => {
  it.each([
    ['empty', () => Buffer.alloc(0)],
    ['no code at all', () => Buffer.from('rubbish')],
    ['torn', (whole: Buffer) => whole.subarray(0, whole.length / 2)],
    ['of another program', () => Buffer.alloc(4_096, 7)],
  ])('is made again when it is %s', async (_, damage) => {
    await run();
    const file = join(folder(), kept()[0] ?? '');
    const whole = readFileSync(file);
    writeFileSync(file, damage(whole));
    expect(await run()).toBe('one');
    expect(readFileSync(file).length).toBe(whole.length);
    expect(kept()).toHaveLength(1);
  });

  it('is not of a call that failed', async () => {
    writeFileSync(program(), 'process.exitCode = 64;');
    await run();
    expect(readdirSync(dir)).not.toContain('code-cache');
  });

  it('has an end: a folder does not grow with whatever is typed', async () => {
    await run('kind');
    const [name = ''] = kept();
    for (let n = 0; n < 63; n++) writeFileSync(join(folder(), `${name}${n}`), '');
    expect(await run('another')).toBe('one');
    expect(kept()).toHaveLength(64);
  });

  it('is done without where nothing may be written', async () => {
    writeFileSync(folder(), 'a file, no folder');
    expect(await run()).toBe('one');
    expect(await run()).toBe('one');
  });

  it('is written by two calls at once, whole', async () => {
    const outcomes = await Promise.all([run(), run(), run()]);
    expect(outcomes).toEqual(['one', 'one', 'one']);
    expect(kept()).toHaveLength(1);
    chmodSync(folder(), 0o555);
    expect(await run()).toBe('one');
  });
});
