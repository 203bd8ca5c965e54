import { expect, it } from 'vitest';
import { layerNames, layers } from '#scenarios/layers/layer.ts';
import { byItself, inWords } from '#scenarios/layers/measures.ts';
import type { Loss, Recovery } from '#scenarios/layers/recovery.ts';

const [memcached] = layers;
const loss: Loss = {
  layer: 'memcached',
  unit: 'memcached@1.service',
  key: '/services/memcached/1',
  machine: 'core-01',
  faultMs: 10_000,
  recoveredMs: 30_000,
};
const recovery: Recovery = {
  systemdMs: 10_040,
  fleetMs: undefined,
  appsMs: 12_200,
  apps: ['web@1', 'web@2'],
  restartedMs: 11_500,
  restartedBy: 'systemd',
  keyMs: 11_900,
  alsoRestarted: ['web@1', 'web@2'],
};

it('has the layers that can be named, each once', () => {
  expect(layers.map(({ name }) => name)).toEqual([...layerNames]);
});

it('tells a layer in one line', () => {
  const visitor = { asked: 400, failed: 12, lastFailedMs: 17_000, longestOutageMs: 800, lostSessions: 1 };
  expect(inWords(loss, recovery, visitor)).toBe(
    'noticed by systemd 0.04 s; web@1, web@2 2.20 s | restarted by systemd on core-01 after 1.50 s | key right after 1.90 s | ' +
      'restarted with it: web@1, web@2 | visitors: 12 of 400 pages failed, longest without any page 0.80 s, 1 session lost',
  );
  expect(inWords(loss, recovery, undefined)).toContain('no visitor was there');
});

it('claims nothing that the journal does not tell', () => {
  if (memcached === undefined) throw new Error('no layer');
  expect(byItself(memcached, loss, recovery).verdict).toBe('pass');
  expect(byItself(memcached, loss, { ...recovery, restartedBy: undefined }).verdict).toBe('unknown');
  expect(byItself(memcached, loss, { ...recovery, restartedMs: undefined }).verdict).toBe('unknown');
});
