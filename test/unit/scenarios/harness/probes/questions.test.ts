import { expect, it } from 'vitest';
import { Questions } from '#scenarios/harness/probes/questions.ts';
import type { Sample } from '#scenarios/harness/record/sample.ts';
import { FakeClock } from './fake-clock.ts';

function book() {
  const clock = new FakeClock();
  const samples: Sample[] = [];
  const questions = new Questions({
    probe: 'page',
    deadlineMs: 1_000,
    clock,
    report: (sample) => samples.push(sample),
  });
  return { clock, samples, questions };
}

it('an answer is a sample with the time it was asked and how long it took; only the first answer counts', () => {
  const { clock, samples, questions } = book();
  const question = questions.begin({ machine: 'core-01' }, () => undefined);
  clock.turn(12.345);
  question.ok({ session: 'a' });
  question.failed('too late');
  expect(samples).toEqual([
    { probe: 'page', wallMs: 1_000_000, ms: 12.35, ok: true, machine: 'core-01', session: 'a' },
  ]);
});

it('a question that is open past its deadline has failed, lets go of its connection, and no late answer changes that', () => {
  const { clock, samples, questions } = book();
  const released: string[] = [];
  const first = questions.begin({ machine: 'core-01' }, () => released.push('first'));
  clock.turn(500);
  questions.begin({ machine: 'core-02' }, () => released.push('second'));
  clock.turn(500);
  questions.expire();
  first.ok();
  expect(released).toEqual(['first']);
  expect(samples).toMatchObject([{ ok: false, ms: 1_000, machine: 'core-01', error: 'no answer within 1000 ms' }]);
  expect(questions.open).toBe(1);
});

it('with a silent server at most deadline / period questions are open at once', () => {
  const { clock, questions } = book();
  let most = 0;
  for (let slot = 0; slot < 200; slot += 1) {
    questions.expire();
    questions.begin({}, () => undefined);
    most = Math.max(most, questions.open);
    clock.turn(50);
  }
  expect(most).toBe(20);
});

it('abandoning fails whatever is open, for that reason', () => {
  const { samples, questions } = book();
  questions.begin({}, () => undefined);
  questions.begin({}, () => undefined);
  questions.abandon('the lab is not up');
  expect(samples.map(({ error }) => error)).toEqual(['the lab is not up', 'the lab is not up']);
});

it('finishing waits for answers, and for none longer than its deadline', async () => {
  const { clock, samples, questions } = book();
  const released: string[] = [];
  questions.begin({ machine: 'core-01' }, () => released.push('first'));
  clock.turn(400);
  const second = questions.begin({ machine: 'core-02' }, () => released.push('second'));
  let finished = false;
  const end = questions.finish().then(() => (finished = true));
  clock.turn(300);
  second.ok();
  await Promise.resolve();
  expect([samples.length, finished]).toEqual([1, false]);
  clock.turn(300);
  await end;
  expect(released).toEqual(['first']);
  expect(samples.map(({ machine, ok, ms }) => [machine, ok, ms])).toEqual([
    ['core-02', true, 300],
    ['core-01', false, 1_000],
  ]);
});

it('there is nothing to wait for when nothing is open', async () => {
  const { samples, questions } = book();
  await questions.finish();
  expect(samples).toEqual([]);
});
