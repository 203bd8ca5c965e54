import fc from 'fast-check';
import { expect, it } from 'vitest';
import { quorumSize } from '#scenarios/quorum/arithmetic.ts';

const sizes = fc.integer({ min: 1, max: 1_000 });

it('two quorums of one cluster always share a member, and what may be away leaves a quorum', () => {
  fc.assert(
    fc.property(sizes, (members) => {
      const { quorum, tolerated } = quorumSize(members);
      expect(2 * quorum).toBeGreaterThan(members);
      expect(members - tolerated).toBeGreaterThanOrEqual(quorum);
      expect(members - tolerated - 1).toBeLessThan(quorum);
    }),
  );
});
