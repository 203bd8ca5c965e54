import { expect, it } from 'vitest';
import { containerOf } from '#scenarios/stack/container-start.ts';
import { deployFindings } from '#scenarios/deploy/findings.ts';
import { firstRows, layerMoments, type LayerRecord } from '#scenarios/deploy/layer-moments.ts';
import { layerSteps, pagePrediction } from '#scenarios/deploy/layer-steps.ts';
import { allUnits, stackLayers, type StackLayer } from '#scenarios/stack/stack.ts';
import { event, journal, pageMessage, runBeganMs } from '../recorded.ts';

const layer = (name: StackLayer['name']) => stackLayers.find((one) => one.name === name) ?? stackLayers[0]!;
const scheduled = (atMs: number, unit: string) =>
  journal(atMs, 'core-02', 'fleet.service', `schedule unit=${unit} machine=core-01 reason="fewest units (0)"`);
const started = (atMs: number, unit: string) => journal(atMs, 'core-01', unit, `Started ${unit} - Something.`);

const couchbase: LayerRecord = {
  layer: layer('couchbase'),
  askedMs: 1_000,
  events: [event(6_400, 'key-set', { key: '/services/couchbase/1', value: '10.1.1.2', old: null })],
  journal: [
    started(500, 'couchbase@1.service'),
    scheduled(1_700, 'couchbase@1.service'),
    scheduled(1_800, 'couchbase-sidekick@1.service'),
    started(6_000, 'couchbase@1.service'),
    started(6_100, 'couchbase-sidekick@1.service'),
  ],
  containerStarts: new Map([['couchbase-1', runBeganMs + 4_000]]),
  wallToRunMs: runBeganMs,
};

it('a layer is there when its last unit, container and key are', () => {
  expect(layerMoments(couchbase)).toEqual({ placed: 1_800, started: 4_000, active: 6_000, registered: 6_400 });
});

it.each<[what: string, change: Partial<LayerRecord>, moment: string]>([
  [
    'a unit never placed',
    { journal: couchbase.journal.filter(({ message }) => !message.includes('sidekick')) },
    'placed',
  ],
  ['a container never started', { containerStarts: new Map() }, 'started'],
  ['a unit never active', { journal: couchbase.journal.slice(0, 3) }, 'active'],
  ['a key never set', { events: [] }, 'registered'],
])('%s leaves its moment open', (_what, change, moment) => {
  const moments = layerMoments({ ...couchbase, ...change });
  expect(Object.entries(moments).filter(([, at]) => at === undefined)).toEqual([[moment, undefined]]);
});

it('rows count per page, from the layer’s command on', () => {
  const messages = [
    pageMessage(500, 'core-01', 10),
    pageMessage(2_000, 'core-02', 0),
    pageMessage(3_000, 'core-01', 10),
    pageMessage(2_500, 'core-02', 1),
    pageMessage(8_000, 'core-01', 10),
  ];
  expect(firstRows(messages, 1_000)).toEqual([2_500, 3_000]);
});

it('steps follow each other and add up, whatever order systemd and Docker take', () => {
  const extras = [{ name: 'first page with rows', at: 9_000, predicted: pagePrediction }];
  for (const one of stackLayers) {
    const keys = one.keys.length > 0;
    const [early, late] = one.name === 'couchbase' ? [3_000, 5_000] : [5_000, 3_000];
    const moments = { placed: 2_000, started: early, active: late, registered: keys ? 6_000 : undefined };
    const steps = layerSteps(one, 1_000, moments, extras);
    const whole = steps.at(-1);
    expect(whole).toEqual({ name: 'in all', from: 1_000, to: 9_000 });
    const took = steps.slice(0, -1).map(({ from, to }) => (to ?? NaN) - from);
    expect(took.every((ms) => ms >= 0)).toBe(true);
    expect(took.reduce((sum, ms) => sum + ms, 0)).toBe(8_000);
    expect(steps.some(({ name }) => name === 'key registered')).toBe(keys);
  }
});

it('a step that was never seen has no end, nor has the whole', () => {
  const moments = { placed: 2_000, started: undefined, active: 5_000, registered: 6_000 };
  const steps = layerSteps(layer('couchbase'), 1_000, moments, []);
  expect(steps.filter(({ to }) => to === undefined).map(({ name }) => name)).toEqual(['container started', 'in all']);
});

it.each([
  ['couchbase@1.service', 'couchbase-1'],
  ['worker.service', 'worker'],
  ['memcached-sidekick@2.service', undefined],
])('%s runs %s', (unit, container) => expect(containerOf(unit)).toBe(container));

const machines = ['core-01', 'core-02', 'core-03'];
const sound = {
  events: machines.flatMap((name, n) => [
    pageMessage(20_000 + n, name, 10, '"1"'),
    pageMessage(25_000 + n, name, 10, '"2"'),
  ]),
  journal: allUnits.map((unit, n) => started(10_000 + n, unit)),
  config: { machines: machines.map((name) => ({ name })) },
} as unknown as Parameters<typeof deployFindings>[0];
const complaints = (change: Partial<typeof sound>) =>
  deployFindings({ ...sound, ...change }, 1_000)
    .filter(({ verdict }) => verdict !== 'pass')
    .map(({ name, verdict, evidence }) => `${verdict}: ${name}: ${evidence}`);

it('a deployment that went well proves it', () => expect(complaints({})).toEqual([]));

it.each<[what: string, change: Partial<typeof sound>, complaint: RegExp]>([
  [
    'a page without rows',
    { events: sound.events.filter(({ data }) => !('machine' in data && data.machine === 'core-03')) },
    /^fail: the page.*no rows on core-03/,
  ],
  ['a page that stands still', { events: sound.events.slice(0, 1) }, /^fail: the page/],
  [
    'a unit that had to start again',
    { journal: [...sound.journal, started(30_000, 'worker.service')] },
    /^fail: every unit.*worker\.service 2 times/,
  ],
  ['a journal that lacks a unit', { journal: sound.journal.slice(1) }, /^unknown: every unit.*couchbase@1/],
])('%s is found', (_what, change, complaint) => {
  const found = complaints(change);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(complaint);
});
