import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSameEachTime } from '../../support/same-examples.ts';

test('in CI a property is tried with the same examples each time, elsewhere with others', () => {
  const tried = (): number[] => {
    const examples: number[] = [];
    fc.assert(fc.property(fc.nat(), (n) => void examples.push(n)));
    return examples;
  };
  const isSame = tried().join() === tried().join();
  expect(isSame).toBe(isSameEachTime);
});
