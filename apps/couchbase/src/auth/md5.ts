/** MD5 (RFC 1321) as far as Node has no call for it: going on from a state that was kept. */

const shifts = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
const sines = Int32Array.from({ length: 64 }, (_, index) => Math.floor(Math.abs(Math.sin(index + 1)) * 2 ** 32) | 0);
const blockBytes = 64;

/** The state that every digest begins with, 16 bytes. */
export const firstState = Buffer.from('0123456789abcdeffedcba9876543210', 'hex');

/** The state after one more block of 64 bytes. */
export function compressed(state: Buffer, block: Buffer): Buffer {
  let [a, b, c, d] = words(state);
  for (let step = 0; step < 64; step++) {
    const round = step >> 4;
    const [mixed, word] =
      round === 0
        ? [(b & c) | (~b & d), step]
        : round === 1
          ? [(d & b) | (~d & c), (5 * step + 1) & 15]
          : round === 2
            ? [b ^ c ^ d, (3 * step + 5) & 15]
            : [c ^ (b | ~d), (7 * step) & 15];
    const sum = (a + mixed + (sines[step] ?? 0) + block.readInt32LE(4 * word)) | 0;
    const shift = shifts[4 * round + (step & 3)] ?? 0;
    [a, d, c, b] = [d, c, b, (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0];
  }
  const after = Buffer.alloc(16);
  const before = words(state);
  for (const [index, word] of [a, b, c, d].entries()) after.writeInt32LE((word + (before[index] ?? 0)) | 0, 4 * index);
  return after;
}

/** The digest of data before which one block was compressed into `state`. */
export function finished(state: Buffer, data: Buffer): Buffer {
  const padded = Buffer.alloc(Math.ceil((data.length + 9) / blockBytes) * blockBytes);
  data.copy(padded);
  padded[data.length] = 0x80;
  padded.writeBigUInt64LE(BigInt(blockBytes + data.length) * 8n, padded.length - 8);
  let after = state;
  for (let at = 0; at < padded.length; at += blockBytes)
    after = compressed(after, padded.subarray(at, at + blockBytes));
  return after;
}

function words(state: Buffer): [number, number, number, number] {
  return [state.readInt32LE(0), state.readInt32LE(4), state.readInt32LE(8), state.readInt32LE(12)];
}
