import { beforeEach, expect, test } from 'vitest';
import type { DesiredUnit } from '#platform/fleet/agent/desired.ts';
import { endings, type Endings } from '#platform/fleet/agent/endings.ts';

const unit = (wanted: DesiredUnit['wanted']): DesiredUnit => ({ name: 'u', hash: 'h', text: '', wanted });
const is = (active: string, invocation: string) => ({ load: 'loaded', active, sub: '', invocation });

let ends: Endings;
beforeEach(() => {
  ends = endings();
  ends.heed(unit('launched'), 1);
  ends.begin('u', is('active', 'first'));
});

test('a run that was told to stop is to end as long as it goes on, unless its unit is wanted again', () => {
  ends.heed(unit('loaded'), 2);
  expect(ends.isEnding('u', is('active', 'first'))).toBe(true);
  expect(ends.isEnding('u', is('deactivating', 'first'))).toBe(true);
  ends.heed(unit('launched'), 3);
  expect(ends.isEnding('u', is('active', 'first'))).toBe(false);
});

test('a later run is not the one that was told to stop', () => {
  expect(ends.isEnding('u', is('active', 'second'))).toBe(false);
  expect(ends.isEnding('u', is('failed', 'second'))).toBe(false);
});
