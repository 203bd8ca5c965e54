import { beforeEach, expect, test } from 'vitest';
import type { Publisher } from '#platform/fleet/agent/publish.ts';
import { type FencedPublisher, untilFenced } from '#platform/fleet/agent/until-fenced.ts';

const asked = [{ unit: 'a.service', hash: 'h' }];
let isFenced: boolean;
let answers: { claim(units: ReadonlySet<string>): void; publish(): void; refuse(error: Error): void };
let fenced: FencedPublisher;
beforeEach(() => {
  isFenced = false;
  let [claim, publish] = [(_: ReadonlySet<string>): void => undefined, (): void => undefined];
  let refuse = (_: Error): void => undefined;
  answers = { claim: (units) => claim(units), publish: () => publish(), refuse: (error) => refuse(error) };
  const slow: Publisher = {
    said: () => new Set(),
    claim: () => new Promise((resolve, reject) => ([claim, refuse] = [resolve, reject])),
    publish: () => new Promise((resolve, reject) => ([publish, refuse] = [resolve, reject])),
  };
  fenced = untilFenced(slow, () => isFenced);
});

test('answers that come are handed on, and so is that none came', async () => {
  const claimed = fenced.claim('1', asked);
  answers.claim(new Set(['a.service']));
  expect(await claimed).toEqual(new Set(['a.service']));
  const said = fenced.publish('1', []);
  fenced.look();
  answers.publish();
  expect(await said).toBe(true);
  const refused = fenced.publish('1', []);
  answers.refuse(new Error('no answer in time'));
  await expect(refused).rejects.toThrow('no answer in time');
});

test('a fence that closes ends the waiting: nothing may be started, and nothing counts as said', async () => {
  const [claimed, said] = [fenced.claim('1', asked), fenced.publish('1', [])];
  isFenced = true;
  fenced.look();
  expect(await claimed).toEqual(new Set());
  expect(await said).toBe(false);
  // Nobody waits for it any more: it must not end the process.
  answers.refuse(new Error('no answer in time'));
  await new Promise((resolve) => setImmediate(resolve));
});

test('who asks while the fence is closed waits for the answer, as its opening waits for one', async () => {
  isFenced = true;
  const said = fenced.publish('1', []);
  fenced.look();
  answers.publish();
  expect(await said).toBe(true);
});
