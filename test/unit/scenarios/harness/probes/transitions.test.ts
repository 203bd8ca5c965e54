import { expect, it } from 'vitest';
import type { Sample } from '#scenarios/harness/record/sample.ts';
import { Transitions } from '#scenarios/harness/probes/transitions.ts';

const page = (wallMs: number, ok: boolean, machine = 'core-01', ms = 5): Sample => ({
  probe: 'page',
  wallMs,
  ms,
  ok,
  machine,
  ...(!ok && { error: 'ECONNREFUSED' }),
});

function events(samples: readonly Sample[]) {
  const transitions = new Transitions();
  return samples.flatMap((sample) => transitions.next(sample) ?? []);
}

it('tells the first failure and the recovery, not what lies between', () => {
  const told = events([page(0, true), page(100, false), page(200, false), page(300, false), page(400, true)]);
  expect(told).toEqual([
    { type: 'probe-failing', wallMs: 105, data: { probe: 'page', machine: 'core-01', error: 'ECONNREFUSED' } },
    { type: 'probe-ok', wallMs: 405, data: { probe: 'page', machine: 'core-01', afterMs: 305 } },
  ]);
});

it('each machine fails for itself', () => {
  const told = events([page(0, false), page(50, true, 'core-02'), page(100, true)]);
  expect(told.map(({ type, data }) => [type, 'machine' in data && data.machine])).toEqual([
    ['probe-failing', 'core-01'],
    ['probe-ok', 'core-01'],
  ]);
});

it('a late good answer to a question older than the failure is no recovery', () => {
  expect(events([page(100, false), page(50, true, 'core-01', 600)]).map(({ type }) => type)).toEqual(['probe-failing']);
});
