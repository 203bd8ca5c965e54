import { Buffer } from 'node:buffer';
import { LabError } from '../../../errors/lab-error.ts';

/**
 * A data: URL (RFC 2397) of text (percent-encoded, still readable) or bytes (base64).
 * @throws LabError ignition.source for text with a lone surrogate, which has no UTF-8 form
 */
export function dataUrl(contents: string | Uint8Array): string {
  if (typeof contents !== 'string') return `data:;base64,${Buffer.from(contents).toString('base64')}`;
  try {
    return `data:,${encodeURIComponent(contents)}`;
  } catch (error) {
    throw new LabError({
      code: 'ignition.source',
      cause: 'the text holds half of a surrogate pair and cannot be written as UTF-8',
      next: 'Pass it as bytes (Uint8Array).',
      error,
    });
  }
}

/** The bytes of a data: URL; undefined when it is none. Compression is not undone. */
export function readDataUrl(url: string): Uint8Array | undefined {
  const parts = /^data:([^,]*?)(;base64)?,(.*)$/is.exec(url);
  if (!parts) return undefined;
  const [, , base64, data = ''] = parts;
  if (base64 !== undefined) return Buffer.from(data, 'base64');
  const bytes = data.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1');
}
