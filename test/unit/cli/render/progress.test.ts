import { join } from 'node:path';
import { Terminal as Emulator } from '@xterm/headless';
import { describe, expect, it } from 'vitest';
import { runOnTerminal, type Terminal } from '#test/support/terminal.ts';

const repoDir = join(import.meta.dirname, '../../../..');
const program = [process.execPath, '--import', 'tsx', join(import.meta.dirname, 'draw-progress.ts')];

async function written(terminal: Terminal): Promise<string> {
  const { exitCode, screen } = await runOnTerminal(terminal, program, { cwd: repoDir, env: {} });
  expect({ exitCode, screen: exitCode === 0 ? '' : screen }).toEqual({ exitCode: 0, screen: '' });
  return screen;
}

/** What a real terminal makes of it: the lines a person can scroll back to, and whether any of them is the rest of a longer one. */
async function drawn(text: string, { columns, rows }: Terminal): Promise<{ lines: string[]; wrapped: string[] }> {
  const emulator = new Emulator({ cols: columns, rows, scrollback: 10_000, allowProposedApi: true, convertEol: true });
  await new Promise<void>((resolve) => emulator.write(text, resolve));
  const buffer = emulator.buffer.active;
  const all = Array.from({ length: buffer.length }, (_, index) => buffer.getLine(index));
  emulator.dispose();
  return {
    lines: all.map((line) => line?.translateToString(true) ?? '').filter((line) => line !== ''),
    wrapped: all.filter((line) => line?.isWrapped).map((line) => line?.translateToString(true) ?? ''),
  };
}

describe.each([
  { columns: 80, rows: 24, term: 'xterm-256color' },
  { columns: 40, rows: 6, term: 'xterm-256color' },
  { columns: 40, rows: 6, term: 'xterm-256color', env: { NO_COLOR: '1' } },
  { columns: 20, rows: 2, term: 'xterm-256color' },
])('progress on a terminal of $columns columns and $rows rows', (terminal) => {
  it('is drawn over without a trace: each phase stands there once, in the end, on one line', async () => {
    const text = await written(terminal);
    expect(text).toContain('\x1b[1A\x1b[2K');
    const { lines, wrapped } = await drawn(text, terminal);
    expect(wrapped).toEqual([]);
    const phases = lines.filter((line) => /^[✓-] core-0\d/.test(line));
    expect(phases).toHaveLength(12);
    expect(lines.filter((line) => /^…|^ {2}…|waiting for/.test(line) && !phases.includes(line))).toEqual([]);
    // The run: three events, and no line of the wait is left.
    expect(lines.filter((line) => /^ {3}1\.25 s/.test(line))).toHaveLength(3);
    expect(lines.filter((line) => /until|22222222/.test(line))).toEqual([]);
  });
});

describe.each([
  { columns: 40, rows: 6, term: 'dumb' },
  { columns: 40, rows: 1, term: 'xterm-256color', env: { NO_COLOR: '1' } },
])('on a terminal that cannot be drawn over: $rows rows, TERM=$term', (terminal) => {
  it('lines come one after the other, each as wide as the terminal at most', async () => {
    const text = await written(terminal);
    expect(text).not.toContain('\x1b');
    expect(text.split('\n').filter((line) => line.length > 40)).toEqual([]);
    expect(text.match(/^core-01 boot started: waiting for boot\nof core-01$/gm)).toHaveLength(1);
    expect(text.match(/^core-0\d \S+ done/gm)).toHaveLength(8);
    expect(text).toContain('… until couchbase@1 runs');
  });
});
