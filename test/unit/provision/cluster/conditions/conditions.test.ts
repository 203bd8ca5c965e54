import { expect, it } from 'vitest';
import { type Condition, until } from '#provision/cluster/conditions/conditions.ts';

/** A condition that answers these in turn, the last one for ever. */
function answering(...answers: (string | undefined)[]): Condition & { asked: number } {
  return {
    name: 'the kettle boils',
    asked: 0,
    async missing() {
      this.asked += 1;
      return answers[Math.min(this.asked, answers.length) - 1];
    },
  };
}

const options = { withinMs: 10_000, everyMs: 1, next: 'lab status' };

it('ends at once when the condition holds', async () => {
  const condition = answering(undefined);
  await until(condition, options);
  expect(condition.asked).toBe(1);
});

it('tells what is missing each time that changes, and not more often', async () => {
  const told: string[] = [];
  const condition = answering('water', 'water', 'heat', 'heat', 'water', undefined);
  await until(condition, { ...options, onMissing: (missing) => told.push(missing) });
  expect(told).toEqual(['water', 'heat', 'water']);
});

it('names the condition, its deadline, what was missing last and the evidence when time runs out', async () => {
  const condition: Condition = {
    name: 'the kettle boils',
    missing: async () => 'heat',
    evidence: async () => ['core-01: no fire'],
  };
  await expect(until(condition, { withinMs: 5, everyMs: 1, next: 'light it' })).rejects.toMatchObject({
    code: 'timeout.condition',
    message: 'not true within 0.005 s: the kettle boils',
    evidence: ['missing: heat', 'core-01: no fire'],
    next: 'light it',
  });
});

it('looks once even when there is no time at all', async () => {
  await until(answering(undefined), { ...options, withinMs: 0 });
});

it('evidence that cannot be had does not hide the timeout', async () => {
  const condition: Condition = {
    name: 'the kettle boils',
    missing: async () => 'heat',
    evidence: () => Promise.reject(new Error('no journal')),
  };
  await expect(until(condition, { withinMs: 5, everyMs: 1, next: 'x' })).rejects.toMatchObject({
    code: 'timeout.condition',
    evidence: ['missing: heat'],
  });
});

it('a condition that cannot be asked ends the wait with its own error', async () => {
  const broken: Condition = { name: 'x', missing: () => Promise.reject(new Error('supervisor gone')) };
  await expect(until(broken, options)).rejects.toThrow('supervisor gone');
});
