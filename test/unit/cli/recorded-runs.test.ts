import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportJsonSchema } from '#scenarios/harness/report/report-schema.ts';
import type { RunReport } from '#scenarios/harness/record/run-report.ts';
import { writeReport } from '#scenarios/harness/report/write-report.ts';
import { failoverEvents, failoverReport } from '../scenarios/harness/report/recorded-run.ts';
import { parseXml } from '../scenarios/harness/report/xml.ts';
import { LabCli } from './lab-process.ts';

const repoDir = join(import.meta.dirname, '../../..');
const root = mkdtempSync(join(tmpdir(), 'coreos-lab-runs-'));
const [first, second] = ['2026-11-22T17-45-07', '2026-11-22T18-00-00'];

async function lab(...args: string[]) {
  return labBehind([], args);
}

/** In a mount namespace in which the checkout with the runs is read-only. */
async function labReadOnly(...args: string[]) {
  const script = 'mount --bind "$LAB_ROOT" "$LAB_ROOT" && mount -o remount,bind,ro "$LAB_ROOT" && exec "$0" "$@"';
  return labBehind(['unshare', '--mount', 'sh', '-c', script], args);
}

async function labBehind(before: readonly string[], args: readonly string[]) {
  const env = { LAB_ROOT: root, NO_COLOR: '1', FORCE_COLOR: undefined, LAB_CONFIG_DIR: undefined };
  const [program = '', ...words] = [...before, process.execPath, join(repoDir, 'dist/cli/main.cjs'), ...args];
  const { exitCode, stdout, stderr } = await execa(program, words, { env, reject: false, cwd: root });
  return { exitCode, stdout, stderr };
}

async function record(scenario: string, time: string, change: Partial<RunReport> = {}) {
  const runDir = join(root, 'runs', scenario, time);
  mkdirSync(runDir, { recursive: true });
  await writeReport(runDir, failoverReport({ scenario, runDir, ...change }), { events: failoverEvents, samples: [] });
  writeFileSync(join(runDir, 'events.ndjson'), failoverEvents.map((event) => `${JSON.stringify(event)}\n`).join(''));
  return runDir;
}

beforeAll(async () => {
  // Through the launcher, which builds when a source is newer than the build.
  const cli = new LabCli();
  expect(await cli.run('--version')).toMatchObject({ exitCode: 0 });
  await cli.remove();
  copyFileSync(join(repoDir, 'package.json'), join(root, 'package.json'));
}, 300_000);
afterAll(() => rmSync(root, { recursive: true }));

it('without runs: says what makes one', async () => {
  expect(await lab('runs')).toMatchObject({ exitCode: 0, stdout: 'no runs yet. Next: lab scenario failover' });
  expect(await lab('runs', '--json')).toMatchObject({ exitCode: 0, stdout: '[]' });
  expect(await lab('report')).toMatchObject({
    exitCode: 68,
    stderr: expect.stringContaining('next  lab scenario failover') as string,
  });
  expect(await lab('runs', 'nosuch')).toMatchObject({
    exitCode: 68,
    stderr: expect.stringContaining('failover') as string,
  });
});

describe('with runs, whole and broken', () => {
  let newer: string;
  beforeAll(async () => {
    await record('failover', first);
    newer = await record('failover', second, { parameters: { by: 'halt' }, verdict: 'fail', tookMs: 50_000 });
    await record('deploy', '2026-11-22T12-00-00', { parameters: {}, faults: [] });
    mkdirSync(join(root, 'runs/failover/2026-11-22T19-00-00'));
    symlinkSync(second, join(root, 'runs/failover/latest'));
  });

  it('runs lists them, newest first, and names the broken one', async () => {
    const [listed, asJson] = await Promise.all([lab('runs'), lab('runs', 'failover', '--json')]);
    expect(listed.exitCode).toBe(0);
    expect(listed.stdout).toMatch(
      new RegExp(`failover/${second} +fail +50\\.0 s +by=halt\nfailover/${first} +pass .*\ndeploy/`),
    );
    expect(listed.stdout).toMatch(
      /without a readable report:\n {2}failover\/2026-11-22T19-00-00 +report\.json cannot be read/,
    );
    const runs = JSON.parse(asJson.stdout) as Record<string, unknown>[];
    expect(runs.map(({ verdict }) => verdict)).toEqual([undefined, 'fail', 'pass']);
  });

  it('report takes a scenario, scenario/time or a path, and draws the run from its files', async () => {
    rmSync(join(newer, 'report.html'));
    const names = ['failover', `failover/${second}`, newer, join(newer, 'junit.xml')];
    for (const { exitCode, stdout } of await Promise.all(names.map((name) => lab('report', name)))) {
      expect([exitCode, stdout.split('\n')]).toEqual([
        0,
        [` FAIL  ${failoverReport().sentence}`, join(newer, 'report.html')],
      ]);
    }
    expect(parseXml(readFileSync(join(newer, 'report.html'), 'utf8')).text).toContain('core-03');
  });

  it.runIf(process.getuid?.() === 0)('report shows the last drawing of a run that cannot be written', async () => {
    const drawn = await labReadOnly('report', 'failover');
    expect(drawn).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(/^note: it cannot be drawn anew/) as string,
    });
    expect(drawn.stdout.split('\n').at(-1)).toBe(join(newer, 'report.html'));
    rmSync(join(newer, 'report.html'));
    expect(await labReadOnly('report', 'failover')).toMatchObject({
      exitCode: 77,
      stderr: expect.stringContaining(`${join(newer, 'report.html')} cannot be written`) as string,
    });
  });

  it.runIf(process.getuid?.() === 0)(
    'a scenario whose record cannot be written is refused before the lab is opened',
    async () => {
      // With it the next thing said would be about this file.
      writeFileSync(join(root, 'lab.toml'), 'no toml');
      try {
        expect(await lab('scenario', 'failover')).toMatchObject({ exitCode: 78 });
        expect(await labReadOnly('scenario', 'failover')).toMatchObject({
          exitCode: 77,
          stderr: expect.stringMatching(/runs\/failover cannot be written.*\[permission\.checkout\]/) as string,
        });
      } finally {
        rmSync(join(root, 'lab.toml'));
      }
    },
  );

  it('report --json prints the report; a run that was broken off has none, and says so', async () => {
    const [asJson, broken] = await Promise.all([lab('report', 'failover', '--json'), lab('report')]);
    expect(JSON.parse(asJson.stdout)).toMatchObject({ verdict: 'fail' });
    expect(broken).toMatchObject({ exitCode: 68 });
    expect(broken.stderr).toMatch(/2026-11-22T19-00-00.*broken off.*\[missing\.report\]/);
  });

  it('report names what of the record it leaves out, and the line that it cannot read', async () => {
    const newest = await record('quorum', '2026-11-22T20-00-00', {});
    const at = (name: string) => join(newest, name);
    const whole = readFileSync(at('events.ndjson'), 'utf8');
    const strange = JSON.stringify({ atMs: 1, wallMs: 2, type: 'comet', data: {} });
    writeFileSync(at('events.ndjson'), `${whole}${strange}\n${strange}\n${strange.slice(0, 20)}`);
    const told = await lab('report', 'quorum');
    expect([told.exitCode, told.stderr]).toEqual([
      0,
      'note: left out 2 events of type "comet", which this version of the lab does not know',
    ]);
    writeFileSync(at('events.ndjson'), `${whole}{"type":"note"}\n`);
    const broken = await lab('report', 'quorum');
    expect(broken.exitCode).toBe(67);
    expect(broken.stderr).toContain(`${at('events.ndjson')}:${failoverEvents.length + 1} is not an event`);
    writeFileSync(at('events.ndjson'), whole);
    writeFileSync(at('samples.ndjson'), '{"probe":"page"}\n');
    expect((await lab('report', 'quorum')).stderr).toContain(`${at('samples.ndjson')}:1 is not a sample of a probe`);
    rmSync(newest, { recursive: true });
  });

  it('compare shows two side by side, and refuses what cannot be compared', async () => {
    const html = join(root, 'compared.html');
    const [compared, unknown, different] = await Promise.all([
      lab('compare', `failover/${first}`, 'failover', '--html', html),
      lab('compare', first, 'failover', '--json'),
      lab('compare', 'failover', 'deploy'),
    ]);
    expect(compared.exitCode).toBe(0);
    expect(compared.stdout).toMatch(/^whole run +41\.6 s +50\.0 s +\+8\.36 s +×1\.20$/m);
    expect(parseXml(readFileSync(html, 'utf8')).text).toContain('Two runs side by side');
    expect(JSON.parse(unknown.stderr)).toMatchObject({ error: { code: 'missing.run', exitCode: 68 } });
    expect(different.exitCode).toBe(64);
    expect(different.stderr).toContain('different scenarios');
  });
});

it('--schema prints the published schema', async () => {
  expect(`${(await lab('report', '--schema')).stdout}\n`).toBe(reportJsonSchema());
});
