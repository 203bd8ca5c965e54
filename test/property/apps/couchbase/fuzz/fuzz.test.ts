import { afterAll, beforeAll, test } from 'vitest';
import { bundle, type Bundles } from '#test/unit/apps/couchbase/support/bundles.ts';
import { fuzzRound } from './fuzz-round.ts';

/* Frames, REST requests and design documents that nobody would send. `npm run fuzz` does it for an hour, each round with the next seed. */

const seconds = Number(process.env['LAB_FUZZ_SECONDS'] ?? 0);
const firstSeed = Number(process.env['LAB_FUZZ_SEED'] ?? 1);
/** At least; after that, until the time is over. */
const rounds = 2;
const deeds = 150;

let bundles: Bundles;
beforeAll(async () => {
  bundles = await bundle();
});
afterAll(() => bundles.remove());

test('the embedded Couchbase takes what a fuzz sends', { timeout: (seconds + 900) * 1000 }, async () => {
  const endAt = performance.now() + seconds * 1000;
  for (let round = 0; round < rounds || performance.now() < endAt; round++) {
    if (seconds > 0) console.log(`LAB_FUZZ_SEED=${firstSeed + round}`);
    await fuzzRound(bundles.server, firstSeed + round, deeds);
  }
});
