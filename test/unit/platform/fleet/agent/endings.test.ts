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

test('a unit that was told to stop is known for it when it is down, whether systemd remembers its run or not', () => {
  ends.heed(unit('launched'), 2);
  expect(ends.isEnding('u', is('deactivating', 'first'))).toBe(true);
  expect(ends.isEnding('u', is('inactive', 'first'))).toBe(true);
  expect(ends.isEnding('u', is('inactive', ''))).toBe(true);
});

test('one that is wanted again and was not stopped goes on, and its end is its own', () => {
  ends.heed(unit('launched'), 2);
  expect(ends.isEnding('u', is('active', 'first'))).toBe(false);
  expect(ends.isEnding('u', is('inactive', 'first'))).toBe(false);
  expect(ends.isEnding('u', is('inactive', ''))).toBe(false);
});

test('a later run is not the one that was told to stop', () => {
  expect(ends.isEnding('u', is('active', 'second'))).toBe(false);
  expect(ends.isEnding('u', is('failed', 'second'))).toBe(false);
});

test('one that is only to be loaded is to end as long as that run goes on', () => {
  ends.heed(unit('loaded'), 2);
  expect(ends.isEnding('u', is('active', 'first'))).toBe(true);
});
