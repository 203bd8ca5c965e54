import type { ByteString } from '../wire/byte-string.ts';
import type { Status } from '../wire/status.ts';
import type { Path } from './path.ts';

/** A change of one path. */
export interface EditRequest {
  /** The document, valid JSON. */
  readonly text: ByteString;
  readonly path: Path;
  /** JSON, for array commands without their brackets; empty for commands that have none. */
  readonly value: ByteString;
  /** Objects that the path goes through are made where they are missing. */
  readonly createPath: boolean;
}

/** The document after a change, with what the command answers. A status instead says why not. */
export interface Edited {
  readonly text: ByteString;
  readonly answer: ByteString;
}

export type Edit = (request: EditRequest) => Edited | Status;

/** `text` with `insert` in place of what is from `start` to `end`. */
export function splice(text: ByteString, start: number, end: number, insert: ByteString): Edited {
  return { text: text.slice(0, start) + insert + text.slice(end), answer: '' };
}
