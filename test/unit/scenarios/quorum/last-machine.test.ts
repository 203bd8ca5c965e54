import { expect, it } from 'vitest';
import { healthInWords } from '#scenarios/quorum/last-machine.ts';

it('says what the page says of itself', () => {
  const health = {
    status: 'down',
    couchbase: { ok: false },
    memcached: [{ ok: true }, { ok: false }],
    lastRowsAgeMs: 9_400,
  };
  expect(healthInWords(JSON.stringify(health))).toBe(
    'it calls itself down: Couchbase does not answer, 1 of 2 memcached answer, its newest rows are 9 s old',
  );
  expect(healthInWords(JSON.stringify({ lastRowsAgeMs: null }))).toContain('it has no rows yet');
  expect(healthInWords('<html>')).toBe('it says nothing of its health');
});
