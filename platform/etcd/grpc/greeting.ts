import { frame, frameTypes } from './frames.ts';

/** RFC 9113, 6.5.2 */
const settingNames = { headerTableSize: 1, initialWindow: 4 };
export const largestWindow = 2 ** 31 - 1;
/** What every window is before somebody says more (RFC 9113, 6.9.2). */
export const firstWindow = 65_535;

/** A client's first words: it keeps no table of headers, and takes answers of any size. */
export const greeting = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  frame(
    frameTypes.settings,
    0,
    0,
    Buffer.concat([setting(settingNames.headerTableSize, 0), setting(settingNames.initialWindow, largestWindow)]),
  ),
  frame(frameTypes.windowUpdate, 0, 0, uint32(largestWindow - firstWindow)),
]);

/** What a stream may be sent at first, where the other side's settings say so. */
export function initialWindowIn(settings: Buffer): number | undefined {
  for (let at = 0; at + 6 <= settings.length; at += 6)
    if (settings.readUInt16BE(at) === settingNames.initialWindow) return settings.readUInt32BE(at + 2);
  return undefined;
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value, 0);
  return bytes;
}

function setting(name: number, value: number): Buffer {
  const bytes = Buffer.alloc(6);
  bytes.writeUInt16BE(name, 0);
  bytes.writeUInt32BE(value, 2);
  return bytes;
}
