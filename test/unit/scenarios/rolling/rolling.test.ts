import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sample } from '#scenarios/harness/record/sample.ts';
import { rollingFindings } from '#scenarios/rolling/findings.ts';
import { requests } from '#scenarios/rolling/requests.ts';
import { event, unit, view } from '../recorded.ts';

const page = (wallMs: number, ok: boolean, machine = 'core-01', session = 's1'): Sample => ({
  probe: 'page',
  wallMs,
  ms: 10,
  ok,
  machine,
  ...(ok ? { session, visits: 1 } : { error: 'ECONNREFUSED' }),
});

describe('requests', () => {
  it('are counted for the service and for each machine; an outage ends with the next good answer', () => {
    const samples = [page(0, true), page(50, false), page(100, false), page(150, true)];
    const others = [0, 50, 100, 150].map((ms) => page(ms, true, 'core-02'));
    expect(requests([...samples, ...others])).toMatchObject([
      // core-02 answers between any two failures of core-01: the service is away only until it is asked.
      { probe: 'page', machine: undefined, asked: 8, failed: 2 },
      { machine: 'core-01', asked: 4, failed: 2, longestOutage: { fromMs: 50, toMs: 160 } },
      { machine: 'core-02', asked: 4, failed: 0, longestOutage: undefined },
    ]);
  });

  it('an outage that lasts to the end is counted to the last answer', () => {
    expect(requests([page(0, true), page(50, false)])[0]?.longestOutage).toEqual({ fromMs: 50, toMs: 60 });
  });

  it('a session is lost when the same visitor gets another one, however long no page came', () => {
    const samples = [page(0, true), page(50, false), page(100, true, 'core-01', 's2'), page(120, true, 'core-02', 't')];
    expect(requests(samples).map(({ machine, lostSessions }) => [machine, lostSessions])).toEqual([
      [undefined, 1],
      ['core-01', 1],
      ['core-02', 0],
    ]);
  });

  it('nothing asked is nothing counted', () => expect(requests([])).toEqual([]));

  it('whatever the order they come in, nobody is forgotten and no outage is longer than the run', () => {
    const sample = fc.record({ at: fc.nat(10_000), ok: fc.boolean(), n: fc.integer({ min: 1, max: 3 }) });
    fc.assert(
      fc.property(fc.array(sample), (drawn) => {
        const samples = drawn.map(({ at, ok, n }) => page(at, ok, `core-0${n}`));
        const [whole, ...each] = requests(samples);
        expect(whole?.asked ?? 0).toBe(samples.length);
        if (each.length > 0) expect(each.reduce((sum, one) => sum + one.failed, 0)).toBe(whole?.failed);
        for (const { longestOutage, failed } of [...each, ...(whole === undefined ? [] : [whole])]) {
          expect(longestOutage === undefined).toBe(failed === 0);
          if (longestOutage !== undefined) expect(longestOutage.toMs).toBeLessThanOrEqual(10_010);
        }
      }),
    );
  });
});

describe('what a rolling reboot proves', () => {
  const machines = [1, 2, 3].map((n) => ({
    name: `core-0${n}`,
    index: n,
    address: `172.17.8.10${n}`,
    memoryBytes: 2 ** 31,
    cpus: 1,
  }));
  const timers = { fleetAgentTtlMs: 5_000, etcdElectionMs: 500 };
  const config = { machines, timers } as unknown as Parameters<typeof rollingFindings>[0]['config'];
  const reboot = (machine: string, fromMs: number, backMs: number) => {
    const fault = {
      id: `${fromMs}-reboot-${machine}`,
      machine,
      kind: 'reboot',
      name: `reboot ${machine}`,
      action: { kind: 'reboot' },
    } as const;
    return [
      event(fromMs, 'fault', fault),
      event(fromMs + 50, 'fault-done', fault),
      event(fromMs + 300, 'machine-gone', { machine }),
      event(backMs, 'machine-present', { machine }),
      event(backMs + 3_000, 'fault-undo', fault),
      event(backMs + 3_010, 'fault-undone', fault),
    ];
  };
  const rounds = [...reboot('core-01', 1_000, 4_000), ...reboot('core-02', 20_000, 23_000)];
  const third = reboot('core-03', 40_000, 43_000);
  const write = (wallMs: number, ok: boolean): Sample => ({
    probe: 'etcd-write',
    wallMs,
    ms: 10,
    ok,
    machine: 'core-01',
  });
  const end = {
    view: view({ machines: machines.map(({ name }) => name), units: [unit('web@1.service', 'core-01')] }),
    members: machines.map(({ name }, n) => ({ machine: name, id: String(n), healthy: true, leader: n === 0 })),
    units: ['web@1.service'],
  };
  const verdicts = (parts: { events?: typeof rounds; samples?: Sample[]; end?: Partial<typeof end> }) => {
    const { events = [...rounds, ...third], samples = [write(0, true), write(50, false), write(100, true)] } = parts;
    return rollingFindings({ config, events, samples }, { ...end, ...parts.end }).map(({ verdict }) => verdict);
  };

  it('one after another, writes interrupted for a moment, all back', () => {
    expect(verdicts({})).toEqual(['pass', 'pass', 'pass']);
  });

  it('two away at once are found, and with them the lost quorum', () => {
    const events = [...rounds, ...reboot('core-03', 21_000, 24_000)].sort((a, b) => a.atMs - b.atMs);
    expect(verdicts({ events })).toEqual(['fail', 'fail', 'pass']);
  });

  it('a machine that was never away was not rebooted: unknown', () => {
    expect(verdicts({ events: rounds })[0]).toBe('unknown');
  });

  it('writes that fail for longer than etcd waits are a lost quorum; none tried, none known', () => {
    expect(verdicts({ samples: [write(0, true), write(50, false), write(7_000, true)] })[1]).toBe('fail');
    expect(verdicts({ samples: [] })[1]).toBe('unknown');
  });

  it('what is missing at the end is named', () => {
    const { members } = end;
    const lacking = { members: members.slice(1), view: view({ machines: ['core-01', 'core-02'] }) };
    const found = rollingFindings({ config, events: [], samples: [] }, { ...end, ...lacking });
    expect(found[2]).toMatchObject({ verdict: 'fail', evidence: 'missing: core-03, etcd on core-01, web@1.service' });
  });
});
