import type { ByteString } from '../wire/byte-string.ts';
import { endOfString, members } from './find.ts';

/** Names of the attributes, in their order. @param xattrs a JSON object of them, or nothing */
export function xattrNames(xattrs: ByteString): ByteString[] {
  if (xattrs === '') return [];
  return [...members(xattrs, 0)].map(({ memberStart }) =>
    xattrs.slice(memberStart + 1, endOfString(xattrs, memberStart) - 1),
  );
}

/** Attributes of the system outlive the document: their names begin with an underscore (kv_engine, docs/ExtendedAttributes.md). */
function isSystemName(name: ByteString): boolean {
  return name.startsWith('_');
}

/** What is left of the attributes when the document goes. @param xattrs a JSON object of them, or nothing */
export function systemXattrs(xattrs: ByteString): ByteString {
  if (xattrs === '') return '';
  const kept = [...members(xattrs, 0)].filter(({ memberStart }) => isSystemName(xattrs.slice(memberStart + 1)));
  return kept.length === 0 ? '' : `{${kept.map(({ memberStart, end }) => xattrs.slice(memberStart, end)).join(',')}}`;
}
