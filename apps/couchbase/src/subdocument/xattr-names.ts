import type { ByteString } from '../wire/byte-string.ts';
import { subdocumentLimits } from './limits.ts';

/**
 * The name of the attribute that a path begins with, or undefined where that cannot be one: too long, empty, or beginning with another
 * punctuation mark than `_` (of the system) or `$` (virtual). Source: kv_engine, docs/ExtendedAttributes.md.
 */
export function xattrName(path: ByteString): ByteString | undefined {
  const name = path.slice(0, Math.max(0, path.search(/[.[]|$/)));
  if (name === '' || name.length > subdocumentLimits.attributeNameBytes) return undefined;
  return /^[A-Za-z0-9_$\x80-\xff][^\x00-\x1f\x7f]*$/.test(name) ? name : undefined;
}

/** Virtual attributes are not stored: the server makes them when they are asked for. */
export function isVirtualName(name: ByteString): boolean {
  return name.startsWith('$');
}
