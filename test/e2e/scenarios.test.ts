import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repoDir, runProgram } from '../support/lab-cli.ts';
import { e2eLab } from './e2e-lab.ts';

interface Report {
  readonly verdict: string;
  readonly sentence: string;
  readonly findings: readonly { readonly name: string; readonly verdict: string; readonly evidence: string }[];
  readonly measures: readonly { readonly name: string; readonly group?: string; readonly ms?: number }[];
}

/** What `npm run judge -- --json` says. */
interface Judgement {
  readonly faults: number;
  readonly turns: number;
  readonly history: string;
  readonly transcript?: string;
}

const report = (scenario: string): Report =>
  JSON.parse(readFileSync(join(repoDir, 'runs', scenario, 'latest/report.json'), 'utf8')) as Report;

/** Runs a scenario and shows what it could not prove, instead of an exit code. */
async function passes(scenario: string, ...parameters: string[]): Promise<Report> {
  const outcome = await e2eLab.lab('scenario', scenario, ...parameters);
  const written = report(scenario);
  expect(written.findings.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
  expect(outcome.exitCode).toBe(0);
  for (const file of ['report.html', 'junit.xml', 'events.ndjson'])
    expect(existsSync(join(repoDir, 'runs', scenario, 'latest', file))).toBe(true);
  return written;
}

/** A host that stands still for seconds can refute a statement about time; twice in a row it is ours. */
const onBusyHosts = { retry: 1 };

beforeAll(async () => {
  await e2eLab.lab('destroy');
  expect((await e2eLab.lab('up')).exitCode).toBe(0);
});

afterAll(async () => {
  await e2eLab.lab('destroy');
});

describe("fleet's promises on real machines", () => {
  it('halt, cut, pause, partition, kill -9 of fleetd and of etcd while users ask for things: every checker is content', async () => {
    const env = { ...e2eLab.env, LAB_ROOT: repoDir };
    const words = ['--seed', '3', '--faults', '6', '--longest', '4', '--json'];
    const judge = (...args: string[]) => runProgram(process.execPath, ['dist/cli/judge.js', ...args], { env });
    const { stdout, stderr, exitCode } = await judge(...words);
    if (!stdout.startsWith('{')) throw new Error(`no outcome: ${stdout}${stderr}`);
    const outcome = JSON.parse(stdout) as Judgement;
    // Told first: what happened says more than an exit code.
    expect(outcome.transcript ?? '').toBe('');
    expect(outcome).toMatchObject({ gaps: [], settledAfterSeconds: expect.any(Number) as number });
    expect(outcome.faults).toBeGreaterThanOrEqual(6);
    expect(outcome.turns).toBeGreaterThan(20);
    expect(exitCode).toBe(0);
    const again = await judge('--history', outcome.history);
    expect(again.stdout).toContain('\n0 violations\n');
    expect((await e2eLab.lab('fleetctl', 'list-unit-files', '--no-legend')).stdout).toBe('');
  });
});

describe('scenarios', onBusyHosts, () => {
  it('deploy: seconds per layer from an empty cluster to rows on every page', async () => {
    const { measures } = await passes('deploy');
    expect(measures.every(({ ms }) => ms !== undefined)).toBe(true);
  });

  it("bootstrap: Couchbase's phases, with the book's unit and with one that waits on conditions", async () => {
    await passes('bootstrap');
  });

  it('failover by a machine that stands still, and by one that is out of reach', async () => {
    await passes('failover', '--by', 'pause');
    await passes('failover', '--by', 'partition');
  });

  it('quorum: what is refused and what still serves with one machine of three', async () => {
    await passes('quorum');
  });

  it('rejoin: a halted machine returns with its data, a destroyed one is built anew', async () => {
    await passes('rejoin');
  });

  it('rolling: every machine rebooted under load, never two away', async () => {
    await passes('rolling');
  });

  it('layers: a lost memcached is noticed and comes back by itself', async () => {
    await passes('layers', '--only', 'memcached');
  });

  it('chaos: a minute of random faults, then everything comes back', async () => {
    await passes('chaos', '--minutes', '1', '--seed', '7');
  });
});

describe("a reader's own scenario", onBusyHosts, () => {
  it('works at once from the template, and its results are listed and compared', async () => {
    const directory = await mkdtemp(join(repoDir, 'runs/own-'));
    try {
      expect((await e2eLab.lab('scenario', 'failover', '--speed')).exitCode).toBe(64);
      expect((await e2eLab.labIn(directory, 'scenario', 'new', 'mine')).exitCode).toBe(0);
      const outcome = await e2eLab.lab('scenario', join(directory, 'mine.ts'));
      expect(outcome.stdout).toContain('PASS');
      expect(outcome.exitCode).toBe(0);
      const runs = JSON.parse((await e2eLab.lab('runs', 'failover', '--json')).stdout) as unknown[];
      expect(runs.length).toBeGreaterThanOrEqual(2);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});

describe('a run that is cut short', onBusyHosts, () => {
  /** Starts a failover by pause and resolves when its fault is in force. */
  async function pausedRun() {
    const child = spawn(join(repoDir, 'lab'), ['scenario', 'failover', '--by', 'pause'], {
      cwd: repoDir,
      env: { ...process.env, ...e2eLab.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    await new Promise<void>((resolve, reject) => {
      let text = '';
      child.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (/fleet: core-0\d is gone/.test(text)) resolve();
      });
      void ended.then(() => reject(new Error(`it ended before its fault:\n${text}`)));
    });
    return { child, ended };
  }
  const healthy = async () =>
    (await e2eLab.status()).machines.every(({ etcd, fleet }) => etcd === 'healthy' && fleet === 'present');

  it('undoes its faults and keeps its evidence on Ctrl-C, and refuses a second run meanwhile', async () => {
    const { child, ended } = await pausedRun();
    const second = await e2eLab.lab('scenario', 'failover');
    expect(second.stderr).toContain('busy.scenario');
    expect(second.exitCode).toBe(73);
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(report('failover').verdict).toBe('unknown');
    await expect.poll(healthy, { timeout: 60_000, interval: 500 }).toBe(true);
  });

  it('leaves its faults to the next command when it is shot', async () => {
    const { child, ended } = await pausedRun();
    // The launcher has become the program: this is the runner itself.
    child.kill('SIGKILL');
    await ended;
    const next = await e2eLab.lab('status');
    expect(next.stderr).toMatch(/undoing what a killed scenario .* left: pause core-0\d/);
    await expect.poll(healthy, { timeout: 60_000, interval: 500 }).toBe(true);
    await passes('failover');
  });
});
