import { expect, it } from 'vitest';
import { inWords, quorumSize } from '#scenarios/quorum/arithmetic.ts';

it('gives the sizes of the etcd documentation: an even member adds nothing', () => {
  const table = [1, 2, 3, 4, 5, 6, 7].map((members) => {
    const { quorum, tolerated } = quorumSize(members);
    return [members, quorum, tolerated];
  });
  expect(table).toEqual([
    [1, 1, 0],
    [2, 2, 0],
    [3, 2, 1],
    [4, 3, 1],
    [5, 3, 2],
    [6, 4, 2],
    [7, 4, 3],
  ]);
});

it('is said as a person would', () => {
  expect(inWords(quorumSize(3))).toBe('2 of 3 must agree; 1 may be away');
  expect(inWords(quorumSize(2))).toBe('2 of 2 must agree; none may be away');
});
