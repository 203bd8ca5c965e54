import fc from 'fast-check';
import { expect, test } from 'vitest';
import { frameHeadBytes, judge, readFrames, sealFrame } from '#apps/couchbase/src/storage/frames.ts';
import { bytesSource } from '#apps/couchbase/src/storage/sources.ts';

/** A log of these payloads, the first at `base`. */
function logOf(payloads: readonly Uint8Array[], base = 0, syncedTo = 0): Buffer {
  let position = base;
  const frames = payloads.map((payload) => {
    const frame = Buffer.concat([Buffer.alloc(frameHeadBytes), payload]);
    sealFrame(frame, position, syncedTo);
    position += frame.length;
    return frame;
  });
  return Buffer.concat(frames);
}

function read(bytes: Buffer) {
  const payloads: Buffer[] = [];
  const end = readFrames(bytesSource(bytes), (payload) => payloads.push(Buffer.from(payload)));
  return { payloads, ...end };
}

const payload = fc.uint8Array({ minLength: 1, maxLength: 300 });
const zeros = (count: number) => Buffer.alloc(count);

test('what was written is read, whatever zeros follow', () => {
  fc.assert(
    fc.property(fc.array(payload, { maxLength: 8 }), fc.nat(1e9), fc.nat(100), (payloads, base, behind) => {
      const log = logOf(payloads, base, 7);
      const found = read(Buffer.concat([log, zeros(behind)]));
      expect(found.payloads).toEqual(payloads.map((one) => Buffer.from(one)));
      expect(found).toMatchObject({ end: log.length, strayBytes: 0, next: undefined });
    }),
  );
});

test('a last write that was broken off at any byte is cut, and nothing before it', () => {
  fc.assert(
    fc.property(fc.array(payload, { minLength: 1, maxLength: 4 }), payload, fc.boolean(), (before, last, isTaken) => {
      const [kept, whole] = [logOf(before, 100), logOf([...before, last], 100)];
      for (let size = kept.length; size < whole.length; size++) {
        // Space that was taken ahead is zeros; a file that was not grows.
        const torn = Buffer.concat([whole.subarray(0, size), zeros(isTaken ? whole.length - size + 64 : 0)]);
        // Zeros that were to be written are there already.
        if (torn.subarray(0, whole.length).equals(whole)) continue;
        const found = read(torn);
        expect(found.payloads).toEqual(before.map((one) => Buffer.from(one)));
        expect(found).toMatchObject({ end: kept.length, next: undefined });
        expect(found.strayBytes).toBeLessThanOrEqual(size - kept.length);
        const judgement = judge(found, { endPosition: 100 + kept.length, isLast: true, sameBoot: true });
        expect(judgement).toBe(found.strayBytes === 0 ? 'whole' : 'cut');
        if (size - kept.length >= 4) expect(judgement).toBe('cut');
      }
    }),
    { numRuns: 30 },
  );
});

test('a byte that changed before other frames is damage, at the frame that it is in', () => {
  fc.assert(
    fc.property(
      fc.array(payload, { minLength: 2, maxLength: 6 }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (all, where, mask) => {
        const log = logOf(all, 5);
        const lastAt = logOf(all.slice(0, -1), 5).length;
        const at = where % lastAt;
        log[at] = (log[at] ?? 0) ^ mask;
        const found = read(log);
        const starts = all.map((_, index) => logOf(all.slice(0, index)).length);
        expect(found.end).toBe(Math.max(...starts.filter((start) => start <= at)));
        expect(found.next).toBeGreaterThan(found.end);
        expect(judge(found, { endPosition: 5 + found.end, isLast: true, sameBoot: true })).toBe('corrupt');
      },
    ),
  );
});

test('after a restart of the host, what was not on the disk may lack a middle, what was may not', () => {
  const payloads = [Buffer.from('one'), Buffer.from('two'), Buffer.from('three')];
  const hole = (syncedTo: number) => {
    const log = logOf(payloads, 0, syncedTo);
    log.fill(0, frameHeadBytes + 3, frameHeadBytes + 3 + 20);
    return read(log);
  };
  const log = { endPosition: frameHeadBytes + 3, isLast: true };
  const early = hole(frameHeadBytes + 3);
  expect(early.next).toBe(2 * (frameHeadBytes + 3));
  expect(judge(early, { ...log, sameBoot: false })).toBe('cut');
  expect(judge(early, { ...log, sameBoot: true })).toBe('corrupt');
  expect(judge(hole(frameHeadBytes + 4), { ...log, sameBoot: false })).toBe('corrupt');
  expect(judge(early, { ...log, isLast: false, sameBoot: false })).toBe('corrupt');
});

test('a log that lost its end is seen by what its frames say of the disk', () => {
  const found = read(logOf([Buffer.from('one')], 0, 1000));
  expect(judge(found, { endPosition: found.end, isLast: true, sameBoot: true })).toBe('corrupt');
});

test('a frame of another place is none', () => {
  const [first, other] = [logOf([Buffer.from('a')], 0), logOf([Buffer.from('b')], 900)];
  expect(read(Buffer.concat([first, other])).payloads).toEqual([Buffer.from('a')]);
});
