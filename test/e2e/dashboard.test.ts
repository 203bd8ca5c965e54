import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repoDir } from '../support/lab-cli.ts';
import { e2eLab } from './e2e-lab.ts';

const executablePath = '/usr/bin/chromium';
/** What a lab does in its own time is waited for as long as a command of it may take. */
const patience = { timeout: 240_000 };

describe.skipIf(!existsSync(executablePath))('lab dashboard on a real lab (skipped without Debian’s chromium)', () => {
  let dir: string;
  let dashboard: ChildProcess;
  let browser: Browser;
  let page: Page;
  const machine = (name: string) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name }) });

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'coreos-lab-dashboard-'));
    expect(await e2eLab.lab('destroy')).toMatchObject({ exitCode: 0 });
    expect(await e2eLab.lab('up')).toMatchObject({ exitCode: 0 });
    expect(await e2eLab.labIn(dir, 'guide')).toMatchObject({ exitCode: 0 });
    const env = { ...process.env, ...e2eLab.env };
    dashboard = spawn(join(repoDir, 'lab'), ['dashboard', '--json'], {
      cwd: dir,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (dashboard.stdout === null) throw new Error('it has no standard output');
    const [line] = (await once(createInterface(dashboard.stdout), 'line')) as [string];
    const { url } = JSON.parse(line) as { url: string };
    browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
    page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
    await page.goto(url);
  });
  afterAll(async () => {
    await browser?.close();
    if (dashboard?.kill('SIGTERM') === true) await once(dashboard, 'exit');
    await e2eLab.lab('destroy');
    if (dir !== undefined) await rm(dir, { recursive: true });
  });

  it("shows the machines, and the guide's step of the directory it was started in, with its check", async () => {
    for (const name of ['core-01', 'core-02', 'core-03'])
      await machine(name).getByText('running', { exact: true }).waitFor(patience);
    const guide = page.getByRole('region', { name: /chapter/i });
    await guide.getByText('step 1 of 12').waitFor(patience);
    await guide.getByRole('button', { name: 'Check this step' }).click();
    await guide.getByText('done', { exact: true }).waitFor(patience);
  });

  it('starts a scenario and shows it until its end, with the units that it starts', async () => {
    await page.getByRole('combobox', { name: 'Scenario' }).selectOption('deploy');
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.getByText(/^scenario deploy(:|$)/).waitFor(patience);
    await page.getByRole('button', { name: 'End it' }).waitFor(patience);
    await page.getByRole('button', { name: 'Start', exact: true }).waitFor(patience);
    for (const name of ['core-01', 'core-02', 'core-03'])
      await machine(name).locator('.unit', { hasText: 'web@' }).waitFor(patience);
    const { stdout } = await e2eLab.lab('runs', 'deploy', '--json');
    expect((JSON.parse(stdout) as { verdict: string }[])[0]).toMatchObject({ verdict: 'pass' });
  });

  it('halts a machine after saying what to expect, and goes on over lab destroy and lab up', async () => {
    await page.getByRole('button', { name: 'Do something to core-02' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Halt', exact: true }).click();
    await dialog.getByRole('button', { name: 'Halt: core-02' }).click();
    await machine('core-02').getByText('stopped', { exact: true }).waitFor(patience);
    await expect.poll(async () => (await e2eLab.status()).machines[1]?.state, patience).toBe('stopped');

    expect(await e2eLab.lab('destroy')).toMatchObject({ exitCode: 0 });
    await page.getByRole('alert').filter({ hasText: 'is destroyed' }).waitFor(patience);
    expect(await e2eLab.lab('up')).toMatchObject({ exitCode: 0 });
    await machine('core-02').getByText('running', { exact: true }).waitFor(patience);
    await expect.poll(() => page.getByRole('alert').count(), patience).toBe(0);
  });
});
