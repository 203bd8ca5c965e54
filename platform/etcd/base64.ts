import type { ByteForm } from './connection.ts';

/** How the JSON gateway carries `bytes` (proto3 JSON mapping): in base64, and not at all when there are none. */
export const base64Form = {
  encode: (bytes: Buffer): string => bytes.toString('base64'),
  decode: (field: unknown): string => (typeof field === 'string' ? Buffer.from(field, 'base64').toString('utf8') : ''),
} satisfies ByteForm;
