import { expect, it } from 'vitest';
import type { Sample } from '../../../../scenarios/harness/probes/sample.ts';
import type { RunRecord } from '../../../../scenarios/harness/record/run-record.ts';
import { acknowledgedWithoutQuorum } from '../../../../scenarios/quorum/silent-writes.ts';
import { runBeganMs } from '../recorded.ts';

const write = (atMs: number, ok: boolean, ms = 10): Sample => ({
  ...{ probe: 'etcd-write', wallMs: runBeganMs + atMs, ms, ok, machine: 'core-03', key: `/probe/${atMs}` },
});
const record = (samples: readonly Sample[]): RunRecord => ({
  config: { machines: [], timers: {} as RunRecord['config']['timers'] },
  ...{ events: [], samples, journal: [], connections: undefined, readBack: [], wallToRunMs: runBeganMs },
});

it('passes when every try failed, and does not judge what reached over the edges', () => {
  const samples = [write(900, true), write(1_500, false), write(1_995, true, 20), write(2_100, true)];
  expect(acknowledgedWithoutQuorum(record(samples), 1_000, 2_000)).toMatchObject({
    ...{ verdict: 'pass', evidence: '1 try by the probe, none acknowledged' },
  });
});

it('fails on one acknowledgement, naming key and member', () => {
  const { verdict, evidence } = acknowledgedWithoutQuorum(record([write(1_500, true)]), 1_000, 2_000);
  expect(verdict).toBe('fail');
  expect(evidence).toBe('1 of 1 acknowledged, first /probe/1500 at core-03');
});

it('is unknown when nobody tried', () => {
  expect(acknowledgedWithoutQuorum(record([]), 1_000, 2_000).verdict).toBe('unknown');
});
