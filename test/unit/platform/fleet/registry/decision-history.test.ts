import { expect, test } from 'vitest';
import { type PastDecision, readHistory, withDecision } from '#platform/fleet/registry/decision-history.ts';

const placed = (at: number, reason = 'least loaded'): PastDecision => ({
  at,
  kind: 'place',
  to: 'core-01',
  reason,
  by: 'core-02',
});
const blocked = (at: number): PastDecision => ({ at, kind: 'block', reason: `no room at ${at}`, by: 'core-02' });
const written = (decisions: readonly PastDecision[]): string =>
  decisions.reduce<string | undefined>((value, one) => withDecision(value, one), undefined) ?? '';

test('the last ten are kept, the oldest go', () => {
  const kept = readHistory(written(Array.from({ length: 25 }, (_, at) => placed(at))));
  expect(kept.map(({ at }) => at)).toEqual([15, 16, 17, 18, 19, 20, 21, 22, 23, 24]);
});

test('however long the reasons are, it is 4 KB at most, and the last one is there', () => {
  const value = written(Array.from({ length: 12 }, (_, at) => placed(at, 'ä'.repeat(100_000))));
  expect(Buffer.byteLength(value)).toBeLessThanOrEqual(4096);
  expect(readHistory(value).at(-1)).toMatchObject({ at: 11, reason: `${'ä'.repeat(500)}...` });
});

test('that no machine takes it is one entry, however often it is found anew', () => {
  expect(readHistory(written([placed(1), blocked(2), blocked(3), blocked(4), placed(5)]))).toEqual([
    placed(1),
    { ...blocked(4), times: 3 },
    placed(5),
  ]);
});

test.each([undefined, '', 'no JSON', '{}', '[{"at":"yesterday"}]'])('%j is no history, and goes', (value) => {
  expect(readHistory(value)).toEqual([]);
  expect(readHistory(withDecision(value, placed(1)))).toEqual([placed(1)]);
});
