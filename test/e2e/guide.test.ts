import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readGuide } from '#guide/form/read-guide.ts';
import { repoDir } from '../support/lab-cli.ts';
import { runOnTerminal, type Terminal } from '../support/terminal.ts';
import { e2eLab } from './e2e-lab.ts';

interface Shown {
  readonly step: { readonly id: string };
  readonly type: readonly string[];
  readonly look: readonly string[];
}
interface Checked {
  readonly done: boolean;
  readonly last: boolean;
  readonly conditions: readonly { readonly text: string; readonly missing: string | null }[];
}

const terminal: Terminal = { columns: 120, rows: 40, term: 'xterm-256color' };
const { steps } = await readGuide(join(repoDir, 'guide/chapter'), 'chapter');
/** What fleet refuses in this step is what the step shows. */
const refused: Readonly<Record<string, readonly string[]>> = { quorum: ['fleetctl list-units'] };

let dir: string;
/** The step where the reader is, as it was shown last. */
let shown: Shown;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'coreos-lab-guide-'));
  expect(await e2eLab.lab('destroy')).toMatchObject({ exitCode: 0 });
  shown = (await guide<Shown>()).said;
});
afterAll(async () => {
  await e2eLab.lab('destroy');
  await rm(dir, { recursive: true });
});

/** As a reader types it: by a shell, on a terminal of its own. */
async function typed(command: string) {
  return runOnTerminal(terminal, ['bash', '-c', command], { cwd: dir, env: e2eLab.env });
}

async function guide<T>(...words: string[]): Promise<{ exitCode: number; said: T; stderr: string }> {
  const { exitCode, stdout, stderr } = await e2eLab.labIn(dir, 'guide', ...words, '--json');
  return { exitCode, stderr, said: (stdout === '' ? undefined : JSON.parse(stdout)) as T };
}

describe('the chapter, typed from its first step to its last', () => {
  it.each(steps.map(({ id }) => id))('%s', async (id) => {
    expect(shown.step.id).toBe(id);

    const before = await guide<Checked>('check');
    expect(before).toMatchObject({ exitCode: 1, said: { done: false } });

    for (const command of shown.type) {
      const { exitCode, screen } = await typed(command);
      expect({ command, exitCode, screen: exitCode === 0 ? '' : screen }).toEqual({ command, exitCode: 0, screen: '' });
    }
    const after = await guide<Checked>('check', '--wait');
    expect(after.said?.conditions.filter(({ missing }) => missing !== null) ?? after.stderr).toEqual([]);
    expect(after).toMatchObject({ exitCode: 0, said: { done: true, last: id === steps.at(-1)?.id } });

    // Where something runs is known by now.
    const there = shown.look.some((command) => command.includes('<')) ? (await guide<Shown>()).said : shown;
    const seen = await Promise.all(
      // In the foreground: timeout(1) alone takes them out of it, and whatever then reads from the terminal is stopped.
      there.look.map(async (command) => {
        const { exitCode, screen } = await typed(`timeout --foreground 40 ${command.replace(' -f ', ' ')}`);
        const fails = (refused[id] ?? []).some((words) => command.includes(words));
        return (exitCode !== 0) === fails ? [] : [command, screen];
      }),
    );
    expect(seen.flat()).toEqual([]);
    if (after.said.last) return;
    const next = await guide<Shown>('next');
    expect(next).toMatchObject({ exitCode: 0 });
    shown = next.said;
    // An app may be restarting just now, because something was set: then it is known a little later where it runs.
    const unknown = async () => {
      if (shown.type.some((command) => command.includes('<'))) shown = (await guide<Shown>()).said;
      return shown.type.filter((command) => command.includes('<'));
    };
    await expect.poll(unknown, { timeout: 60_000, interval: 500 }).toEqual([]);
  });
});

describe('afterwards', () => {
  it('is at its last step, which is done', async () => {
    expect(await guide<Checked>('next')).toMatchObject({ exitCode: 0, said: { done: true, last: true } });
  });

  it('refuses to throw the lab away unasked, and by --anew brings it to where a step begins', async () => {
    const unasked = await guide('goto', 'couchbase');
    expect(unasked.stderr).toContain('state.guide-anew');
    expect(unasked.exitCode).toBe(74);
    const asked = await guide<Shown>('goto', 'couchbase', '--anew');
    expect(asked).toMatchObject({ exitCode: 0, said: { step: { id: 'couchbase' } } });
    // Its check does not hold, so there is no going on.
    expect(await guide<Checked>('next')).toMatchObject({ exitCode: 1, said: { done: false } });
    for (const machine of (await e2eLab.status()).machines) expect(machine).toMatchObject({ etcd: 'healthy' });
    const hint = await guide<{ lab: string[] }>('hint');
    expect(hint.said.lab).toContain('fleet has no couchbase@1.service: it was not started, or under another name');
  });

  it('keeps the lab as a step begins, and by --anew goes back to it', async () => {
    expect(await guide('save')).toMatchObject({ exitCode: 0, said: { snapshot: 'guide-couchbase' } });
    for (const command of (await guide<Shown>()).said.type) expect(await typed(command)).toMatchObject({ exitCode: 0 });
    expect(await e2eLab.lab('ssh', 'core-01', '--', 'etcdctl', 'set', '/kept', 'no')).toMatchObject({ exitCode: 0 });
    const done = await guide<Checked & { happened: { text: string }[] }>('check', '--wait');
    expect(done.said.happened.map(({ text }) => text)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^fleet gave couchbase@1\.service to core-0\d: /)]),
    );
    expect((await guide('save')).stderr).toContain('state.guide-save');
    expect((await guide('goto', 'couchbase')).stderr).toContain('state.guide-anew');
    expect(await guide('goto', 'couchbase', '--anew')).toMatchObject({ exitCode: 0 });
    // As it was: neither what the step made, nor what was written beside it.
    expect(await guide<Checked>('check')).toMatchObject({ exitCode: 1, said: { done: false } });
    expect((await e2eLab.lab('ssh', 'core-01', '--', 'etcdctl', 'get', '/kept')).exitCode).not.toBe(0);
  });
});
