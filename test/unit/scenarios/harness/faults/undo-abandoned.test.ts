import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LabError } from '#errors/lab-error.ts';
import type { FaultAction } from '#scenarios/harness/record/fault-record.ts';
import { Ledger, readLedger } from '#scenarios/harness/faults/ledger.ts';
import { takeScenarioLock } from '#scenarios/harness/faults/scenario-lock.ts';
import { undoAbandoned } from '#scenarios/harness/faults/undo-abandoned.ts';
import { FakeProvider } from './fake-provider.ts';
import { faultsPaths } from './faults-paths.ts';

let dir = '';
let provider: FakeProvider;
let notices: string[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lab-abandoned-'));
  provider = new FakeProvider(['core-01', 'core-02', 'core-03']);
  notices = [];
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const paths = () => faultsPaths(dir);
const undo = () =>
  undoAbandoned(
    {
      paths: paths(),
      config: { stretch: 1 },
      provider: () => provider,
      up: async (names = []) => {
        provider.done.push(`up ${names.join(' ')}`);
        return { steps: [], tookMs: 0, clusterReady: true };
      },
    },
    (notice) => notices.push(notice),
  );

/** Another process with three faults in force: core-01 paused, core-02 cut, core-03 slowed down. */
async function otherRun() {
  const program = join(import.meta.dirname, 'killed-run.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', program, dir], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), ended.then(() => Promise.reject(new Error('it never began')))]);
  provider.states.set('core-02', 'stopped');
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
    // The lock goes with the process, as soon as the kernel has closed its pipe.
    await expect.poll(() => takeScenarioLock(paths(), 'test').then((release) => release())).toBeUndefined();
  };
  return { pid: child.pid ?? 0, kill };
}

describe('the faults of a killed run', () => {
  it('are undone by the next command, the last one first, and said', async () => {
    const run = await otherRun();
    await run.kill();
    await undo();
    expect(provider.done).toEqual(['lift core-03', 'start core-02', 'lift core-01', 'up core-02']);
    expect(notices.map((notice) => notice.split(' left: ')[1])).toEqual([
      'leave core-03 0.1 CPUs',
      'cut core-02',
      'pause core-01',
    ]);
    expect(notices[0]).toContain(`process ${run.pid}`);
    await undo();
    expect(provider.done).toHaveLength(4);
  });

  it('are left alone while that process lives, and so is its lock', async () => {
    const run = await otherRun();
    await undo();
    expect(provider.done).toEqual([]);
    await expect(takeScenarioLock(paths(), 'lab scenario quorum')).rejects.toMatchObject({
      code: 'busy.scenario',
      next: expect.stringContaining(`kill -INT ${run.pid}`) as string,
      message: expect.stringContaining(
        `another scenario runs on this lab: lab scenario failover --by cut (process ${run.pid}, since `,
      ) as string,
    });
    await run.kill();
  });

  it('are undone as far as they can be: what is left is said, and no later command fails on it', async () => {
    const run = await otherRun();
    await run.kill();
    provider.refuses.add('start core-02');
    await undo();
    expect(provider.done).toEqual(['lift core-03', 'lift core-01']);
    expect(notices).toContain('not undone: cut core-02: start core-02: refused');
    expect(existsSync(paths().faultsFile)).toBe(false);
  });
});

describe('a ledger', () => {
  const owner = { pid: 2 ** 22 + 1, startTime: '1' };
  const good = { id: '1-cut-core-02', machine: 'core-02', action: { kind: 'cut' }, name: 'cut core-02' };
  const ledger = (...faults: unknown[]) => JSON.stringify({ owner, faults });

  it.each<[what: string, text: string, said: RegExp]>([
    ['is empty', '', /not JSON/],
    ['is torn', '{"owner":', /not JSON/],
    ['is a number', '17', /expected object/],
    ['is a list', '[]', /expected object/],
    ['has no owner', '{"faults":[]}', /owner/],
    ['has an owner that is no process', JSON.stringify({ owner: { ...owner, pid: -1 }, faults: [good] }), /owner\.pid/],
    ['has no faults', JSON.stringify({ owner }), /faults/],
    ['has a fault of a kind to come', ledger(good, { ...good, action: { kind: 'melt' } }), /faults\.1\.action\.kind/],
    ['has a fault without an action', ledger({ ...good, action: undefined }), /faults\.0\.action/],
    ['has a kill of nothing', ledger({ ...good, action: { kind: 'kill' } }), /faults\.0\.action\.unit/],
    ['has half a partition', ledger(good, { ...good, action: { kind: 'partition', from: [7] } }), /faults\.1\.action/],
    ['has a machine without a name', ledger({ ...good, machine: '' }), /faults\.0\.machine/],
  ])('that %s: nothing is undone, nothing is lost, and the error says what to do', async (_what, text, said) => {
    mkdirSync(paths().runDir, { recursive: true });
    writeFileSync(paths().faultsFile, text);
    const failure = await undo().catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'state.fault-ledger',
      message: expect.stringContaining(paths().faultsFile) as string,
      next: expect.stringContaining('lab destroy') as string,
    });
    expect((failure as LabError).evidence.join('\n')).toMatch(said);
    expect([provider.done, notices, readFileSync(paths().faultsFile, 'utf8')]).toEqual([[], [], text]);
    expect(existsSync(paths().scenarioLockFile)).toBe(false);
  });

  it('of a dead process is understood, with fields that this version does not know', async () => {
    mkdirSync(paths().runDir, { recursive: true });
    const partition = { ...good, action: { kind: 'partition', from: ['core-01'] } };
    const slow = { ...good, action: { kind: 'slow-disk', bytesPerSecond: 9 } };
    writeFileSync(paths().faultsFile, ledger(partition, slow, { ...good, later: 'a field of another version' }));
    await undo();
    expect(provider.done).toEqual(['lift core-02', 'lift core-02', 'up core-02']);
    expect(existsSync(paths().faultsFile)).toBe(false);
  });

  it('takes no fault that could not be read again', async () => {
    mkdirSync(paths().runDir, { recursive: true });
    const writing = new Ledger(paths());
    await writing.add({ id: '1', machine: 'core-01', action: { kind: 'pause' }, name: 'pause core-01' });
    for (const action of [
      { kind: 'kill' },
      { kind: 'slow-cpu', cpus: Number.NaN },
      { kind: 'melt' },
      { kind: 'partition' },
    ])
      await expect(
        writing.add({ id: '2', machine: 'core-01', action: action as FaultAction, name: '' }),
      ).rejects.toMatchObject({ code: 'input.impairment' });
    expect((await readLedger(paths()))?.faults.map(({ id }) => id)).toEqual(['1']);
  });

  it('none: nothing is made', async () => {
    await undo();
    expect(readdirSync(dir)).toEqual([]);
  });
});

it("a scenario's lock leaves nothing when it is given back", async () => {
  await (
    await takeScenarioLock(paths(), 'lab scenario deploy')
  )();
  expect(existsSync(paths().runDir)).toBe(false);
});
