import { toByteString, toBytes, type ByteString } from '../../wire/byte-string.ts';

/** How an attribute says that it stands for bytes (Couchbase Server 8, "binary value" path flag). */
const prefix = 'cb-content-base64-encoded:';

/** Bytes as the JSON string that an attribute keeps them in. */
export function encodeBinary(bytes: ByteString): ByteString {
  return `"${prefix}${toBytes(bytes).toString('base64')}"`;
}

/** The bytes that such a string stands for, or undefined when it is none. */
export function decodeBinary(json: ByteString): ByteString | undefined {
  if (!json.startsWith(`"${prefix}`)) return undefined;
  return toByteString(Buffer.from(json.slice(prefix.length + 1, -1), 'base64'));
}
