import { contentOf, flags, frameTypes, type Frame } from './frames.ts';
import { readHeaderBlock } from './header-block.ts';

export interface Headers {
  readonly stream: number;
  /** The stream ends with them. */
  readonly isEnd: boolean;
  readonly values: ReadonlyMap<string, string>;
}

/** Puts the blocks of headers together that came in a frame of headers and those that continue it. Undefined: there is more to come. */
export function blockReader(): (frame: Frame) => Headers | undefined {
  const read = readOnce();
  let block: { readonly stream: number; readonly isEnd: boolean; readonly parts: Buffer[] } | undefined;
  return (frame) => {
    const { type, stream, payload, flags: flag } = frame;
    const isFirst = type === frameTypes.headers;
    if (isFirst) block = { stream, isEnd: (flag & flags.endStream) !== 0, parts: [] };
    block?.parts.push(isFirst ? contentOf(frame) : payload);
    if (block === undefined || (flag & flags.endHeaders) === 0) return undefined;
    const { parts, ...rest } = block;
    block = undefined;
    return { ...rest, values: read(Buffer.concat(parts)) };
  };
}

/** Blocks that are kept at most. */
const mostKnown = 16;

/** Servers end every answer with the same few blocks, which stand for themselves. */
function readOnce(): (block: Buffer) => ReadonlyMap<string, string> {
  const known = new Map<string, ReadonlyMap<string, string>>();
  return (block) => {
    const name = block.toString('latin1');
    const before = known.get(name);
    if (before !== undefined) return before;
    const values = readHeaderBlock(block);
    if (known.size < mostKnown) known.set(name, values);
    return values;
  };
}
