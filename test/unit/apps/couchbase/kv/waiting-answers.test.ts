import { expect, test } from 'vitest';
import { WaitingAnswers } from '#apps/couchbase/src/kv/waiting-answers.ts';

const limit = 100;

function three() {
  const waiting = new WaitingAnswers(limit);
  const closed: string[] = [];
  const connection = (name: string) => ({
    hangUp: (why: string) => {
      closed.push(name);
      expect(why).toBe('answers that wait for their clients may have 100 bytes together');
    },
  });
  return { waiting, closed, a: connection('a'), b: connection('b'), c: connection('c') };
}

test('up to the limit nobody is closed', () => {
  const { waiting, closed, a, b } = three();
  waiting.note(a, 60);
  waiting.note(b, 40);
  expect(closed).toEqual([]);
});

test('beyond it whoever has taken nothing for the longest time is, and no more than it takes', () => {
  const { waiting, closed, a, b, c } = three();
  waiting.note(a, 40);
  waiting.note(b, 40);
  waiting.note(c, 30);
  expect(closed).toEqual(['a']);
  waiting.note(c, 100);
  expect(closed).toEqual(['a', 'b']);
});

test('who took something is not the one, who got more is', () => {
  const { waiting, closed, a, b, c } = three();
  waiting.note(a, 40);
  waiting.note(b, 30);
  waiting.note(b, 40);
  waiting.note(a, 20);
  waiting.note(c, 50);
  expect(closed).toEqual(['b']);
});

test('who took all, or is closed, counts no more', () => {
  const { waiting, closed, a, b, c } = three();
  waiting.note(a, 90);
  waiting.note(a, 0);
  waiting.note(b, 90);
  expect(closed).toEqual([]);
  waiting.note(c, 20);
  expect(closed).toEqual(['b']);
  // Its own word of it comes later.
  waiting.note(b, 0);
  waiting.note(a, 80);
  expect(closed).toEqual(['b']);
});

test('one that alone is beyond it is closed itself', () => {
  const { waiting, closed, a } = three();
  waiting.note(a, 101);
  expect(closed).toEqual(['a']);
});
