import type { ByteString } from '../wire/byte-string.ts';
import { statuses, type Status } from '../wire/status.ts';
import { subdocumentLimits } from './limits.ts';

/** A step into a document: the name of a member as it stands between its quotes, or a place in an array, -1 for the last. */
export type Component = ByteString | number;
export type Path = readonly Component[];

/**
 * Reads a path (`a.b[0].c`, back-ticks around names with dots or brackets), or says why not. Source: kv_engine, docs/SubDocument.md;
 * names have to be escaped as JSON has them, `\u` excepted.
 */
export function parsePath(text: ByteString): Path | Status {
  const components: Component[] = [];
  let at = 0;
  while (at < text.length) {
    if (components.length === subdocumentLimits.depth) return statuses.subdocPathTooBig;
    const step = text[at] === '[' ? readIndex(text, at) : readName(text, at);
    if (step === undefined) return statuses.subdocPathInvalid;
    components.push(step.component);
    at = step.end;
  }
  return components;
}

interface Step {
  readonly component: Component;
  /** Where the next step begins. */
  readonly end: number;
}

function readIndex(text: ByteString, at: number): Step | undefined {
  const close = text.indexOf(']', at);
  const digits = text.slice(at + 1, close);
  if (close < 0 || !/^(?:-1|\d{1,9})$/.test(digits)) return undefined;
  const next = text[close + 1];
  if (next !== undefined && next !== '[' && next !== '.') return undefined;
  return { component: Number(digits), end: close + (next === '.' ? 2 : 1) };
}

function readName(text: ByteString, from: number): Step | undefined {
  let quoted = false;
  let end = text.length;
  for (let at = from; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '\\') {
      at += 1;
      if (at === text.length || !'"/\\bfnrt'.includes(text.charAt(at))) return undefined;
    } else if (char === '"' || char < ' ') return undefined;
    else if (char === '`') quoted = !quoted;
    else if (!quoted && char === ']') return undefined;
    else if (!quoted && (char === '.' || char === '[')) {
      end = at;
      break;
    }
  }
  if (quoted) return undefined;
  const name = unquote(text.slice(from, end));
  return name === '' ? undefined : { component: name, end: text[end] === '.' ? end + 1 : end };
}

function unquote(name: ByteString): ByteString {
  const inner = name.length > 1 && name.startsWith('`') && name.endsWith('`') ? name.slice(1, -1) : name;
  return inner.replace(/``|`/g, (ticks) => (ticks === '``' ? '`' : ''));
}
