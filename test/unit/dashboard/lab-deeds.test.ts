import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DeedLab, LabDeeds } from '#dashboard/deeds/lab-deeds.ts';
import type { Unstamped } from '#dashboard/moment/seen.ts';
import { LabError } from '#errors/lab-error.ts';
import { labPaths } from '#provision/machines/ground/lab-paths.ts';
import { readLedger } from '#scenarios/harness/faults/ledger.ts';
import { takeScenarioLock } from '#scenarios/harness/faults/scenario-lock.ts';
import { FakeProvider } from '../scenarios/harness/faults/fake-provider.ts';

const machines = ['core-01', 'core-02', 'core-03'];
let dir = '';
let provider: FakeProvider;
let lab: DeedLab;
let deeds: LabDeeds;
let told: Unstamped[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'dashboard-deeds-'));
  provider = new FakeProvider(machines);
  told = [];
  lab = {
    paths: {
      ...labPaths('unit', dir),
      runDir: join(dir, 'run', 'unit'),
      faultsFile: join(dir, 'faults.json'),
      scenarioLockFile: join(dir, 'run', 'unit', 'scenario.lock'),
    },
    config: { stretch: 1 },
    halt: async (names = []) => void (await Promise.all(names.map((name) => provider.halt(name)))),
    cut: async (names) => void (await Promise.all(names.map((name) => provider.cut(name)))),
    up: async (names = []) => {
      for (const name of names) provider.states.set(name, 'running');
      return { steps: [], tookMs: 0, clusterReady: true };
    },
    provider: () => provider,
    machines: ([name = '']) => {
      if (!machines.includes(name))
        throw new LabError({ code: 'missing.machine', cause: `no ${name}`, next: 'lab status' });
    },
  };
  deeds = new LabDeeds(
    () => lab,
    (seen) => told.push(seen),
  );
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const ledger = async () => (await readLedger(lab.paths))?.faults.map(({ name }) => name);

it('halts, cuts and brings up, and says so', async () => {
  await deeds.perform('core-02', 'halt');
  await deeds.perform('core-03', 'cut');
  expect([...provider.states.values()]).toEqual(['running', 'stopped', 'stopped']);
  await deeds.perform('core-02', 'up');
  expect(provider.states.get('core-02')).toBe('running');
  expect(told.map(({ data }) => data)).toContainEqual({ text: 'done: pull the cord of core-03', state: 'done' });
  expect(await ledger()).toBe(undefined);
});

describe('what is taken from a machine', () => {
  it('is in the ledger, keeps scenarios away, and is given back at the end', async () => {
    await deeds.perform('core-01', 'pause');
    await deeds.perform('core-02', 'partition');
    expect(await ledger()).toEqual(['pause core-01', 'partition core-02 from all others']);
    expect(provider.impaired.size).toBe(2);
    await expect(takeScenarioLock(lab.paths, 'lab scenario failover')).rejects.toMatchObject({ code: 'busy.scenario' });
    await deeds.perform('core-01', 'resume');
    expect(await ledger()).toEqual(['partition core-02 from all others']);
    await deeds.end();
    expect(provider.impaired.size).toBe(0);
    expect(existsSync(lab.paths.faultsFile)).toBe(false);
    await (
      await takeScenarioLock(lab.paths, 'lab scenario failover')
    )();
  });

  it('is given back before the machine is halted', async () => {
    await deeds.perform('core-01', 'pause');
    await deeds.perform('core-01', 'halt');
    expect(provider.impaired.size).toBe(0);
    expect(provider.states.get('core-01')).toBe('stopped');
    expect(await ledger()).toBe(undefined);
  });
});

it('does nothing to a machine that is not there, or while a scenario runs', async () => {
  await expect(deeds.perform('core-09', 'cut')).rejects.toMatchObject({ code: 'missing.machine' });
  const release = await takeScenarioLock(lab.paths, 'lab scenario failover');
  for (const kind of ['halt', 'pause', 'up'] as const)
    await expect(deeds.perform('core-01', kind)).rejects.toMatchObject({ code: 'busy.scenario' });
  await release();
  expect([...provider.states.values(), provider.impaired.size]).toEqual(['running', 'running', 'running', 0]);
  expect(told.at(-1)?.data).toMatchObject({ state: 'failed' });
});

it('does one thing at a time', async () => {
  const first = deeds.perform('core-01', 'halt');
  await expect(deeds.perform('core-02', 'halt')).rejects.toMatchObject({ code: 'busy.dashboard' });
  await first;
  await deeds.perform('core-02', 'halt');
});
