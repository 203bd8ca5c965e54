import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { labPaths } from '#provision/machines/ground/lab-paths.ts';
import { EventLog } from '#scenarios/harness/record/event-log.ts';
import { createFaultKit } from '#scenarios/harness/faults/fault-kit.ts';
import type { FaultKit } from '#scenarios/harness/record/fault-record.ts';
import { readLedger } from '#scenarios/harness/faults/ledger.ts';
import { FakeProvider } from './fake-provider.ts';

const machines = ['core-01', 'core-02', 'core-03'];
let dir = '';
let log: EventLog;
let provider: FakeProvider;
let kit: FaultKit;
let interrupt: AbortController;
const paths = () => ({ ...labPaths('unit', dir), faultsFile: join(dir, 'faults.json') });

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lab-faults-'));
  log = new EventLog(join(dir, 'events.ndjson'));
  provider = new FakeProvider(machines);
  interrupt = new AbortController();
  const lab = {
    paths: paths(),
    config: { stretch: 1 },
    halt: async (names: readonly string[] = []) => void (await Promise.all(names.map((name) => provider.halt(name)))),
    cut: async (names: readonly string[]) => void (await Promise.all(names.map((name) => provider.cut(name)))),
    up: async (names: readonly string[] = []) => {
      provider.done.push(`up ${names.join(' ')}`);
      for (const name of names) provider.states.set(name, 'running');
      return { steps: [], tookMs: 0, clusterReady: true };
    },
  };
  const resolve = async (target: string) => (target === 'etcd leader' ? 'core-03' : target);
  kit = createFaultKit({ provider, lab, log, resolve, signal: interrupt.signal });
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const whole = () => {
  expect([...provider.states.values()]).toEqual(['running', 'running', 'running']);
  expect([...provider.impaired.keys(), ...provider.stoppedUnits]).toEqual([]);
  expect(kit.active).toEqual([]);
};

describe('faults', () => {
  it('of every kind are gone after undoAll, and the ledger with them', async () => {
    await kit.pause('core-01');
    await kit.partition('core-01', { from: ['core-02', 'etcd leader'] });
    await kit.packetLoss('core-02', { percent: 30 });
    await kit.slowCpu('core-02', { cpus: 0.1 });
    await kit.slowDisk('core-02', { bytesPerSecond: 262_144 });
    await kit.stopUnit('core-02', 'docker.service');
    await kit.kill('core-02', 'etcd.service');
    await kit.killContainer('core-02', 'worker');
    await kit.loseEtcdLeader();
    await kit.reboot('core-02');
    await kit.halt('core-03');
    await kit.cut('core-02');
    expect(provider.impaired.size).toBe(5);
    expect(provider.impaired.get('core-01 partition')).toEqual({ kind: 'partition', from: ['core-02', 'core-03'] });
    expect([provider.states.get('core-03'), provider.states.get('core-02')]).toEqual(['stopped', 'stopped']);
    expect((await readLedger(paths()))?.faults.map(({ id }) => id)).toEqual(kit.active.map(({ id }) => id));
    await kit.undoAll();
    whole();
    expect(existsSync(paths().faultsFile)).toBe(false);
  });

  it('are undone the last one first, once, however often that is asked', async () => {
    const first = await kit.pause('core-01');
    await kit.packetLoss('core-02', { percent: 10 });
    await kit.slowCpu('core-03', { cpus: 0.5 });
    await Promise.all([kit.undoAll(), first.undo()]);
    await kit.undoAll();
    await first.undo();
    const lifts = provider.done.filter((text) => text.startsWith('lift'));
    expect(lifts.sort()).toEqual(['lift core-01', 'lift core-02', 'lift core-03']);
    await kit.pause('core-02');
    await kit.undoAll();
    whole();
  });

  it('are undone although the undo of another one fails; that one stays written down', async () => {
    await kit.pause('core-01');
    await kit.pause('core-02');
    await kit.cut('core-03');
    provider.refuses.add('lift core-02');
    await expect(kit.undoAll()).rejects.toThrow('lift core-02: refused');
    expect([...provider.impaired.keys()]).toEqual(['core-02 pause']);
    expect(provider.states.get('core-03')).toBe('running');
    expect((await readLedger(paths()))?.faults.map(({ name }) => name)).toEqual(['pause core-02']);
    expect(log.events.filter(({ type }) => type === 'error')).toHaveLength(1);
  });

  it('are undone when their injection failed half way', async () => {
    provider.refuses.add('impair core-01');
    await expect(kit.pause('core-01')).rejects.toThrow('refused');
    expect(log.events.map(({ type }) => type)).toEqual(['fault']);
    await kit.undoAll();
    expect(provider.done).toEqual(['lift core-01']);
    whole();
  });

  it('that killed nothing are not waited for', async () => {
    await provider.exec('core-01', ['systemctl', 'stop', 'worker.service']);
    provider.refuses.add('systemctl kill --kill-who=main --signal=SIGKILL worker.service core-01');
    await expect(kit.kill('core-01', 'worker.service')).rejects.toThrow('refused');
    await kit.undoAll();
    expect(kit.active).toEqual([]);
    expect([...provider.stoppedUnits]).toEqual(['worker.service core-01']);
  });

  it('are undone only after their injection has ended', async () => {
    let open = (): void => undefined;
    provider.gate = new Promise((resolve) => (open = resolve));
    const cut = kit.cut('core-01');
    await expect.poll(() => provider.done).toEqual(['cut core-01']);
    const undone = kit.undoAll();
    open();
    await Promise.all([cut, undone]);
    whole();
  });

  it('begin and end in the event log, with their id, kind, machine and name', async () => {
    await kit.cut('core-02');
    await kit.undoAll();
    const data = {
      id: '1-cut-core-02',
      kind: 'cut',
      machine: 'core-02',
      name: 'cut core-02',
      action: { kind: 'cut' },
    };
    expect(log.events.map((event) => [event.type, event.data])).toEqual(
      ['fault', 'fault-done', 'fault-undo', 'fault-undone'].map((type) => [type, data]),
    );
  });
});

describe('a machine that comes back', () => {
  it('is waited for when no other fault stands in the way', async () => {
    await (await kit.halt('core-02')).undo();
    expect(provider.done).toEqual(['halt core-02', 'up core-02']);
  });

  it('is only started while another fault is in force; the cluster is waited for at the end', async () => {
    await kit.partition('core-01');
    await kit.cut('core-02');
    await kit.undoAll();
    expect(provider.done.slice(2)).toEqual(['start core-02', 'lift core-01', 'up core-02']);
    whole();
  });
});

describe('what cannot be', () => {
  it('a fault the provider has not: said before anything is written or done', async () => {
    await expect(kit.fullDisk('core-01')).rejects.toMatchObject({ code: 'unbuilt.fault' });
    expect([log.events, provider.done, existsSync(paths().faultsFile)]).toEqual([[], [], false]);
  });

  it('a fault after the run was interrupted; what is in force is undone all the same', async () => {
    await kit.pause('core-01');
    interrupt.abort();
    await expect(kit.pause('core-02')).rejects.toMatchObject({ code: 'interrupted.run' });
    await kit.undoAll();
    whole();
  });
});
