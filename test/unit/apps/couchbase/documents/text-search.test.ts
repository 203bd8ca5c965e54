import { describe, expect, test } from 'vitest';
import type { Document } from '#apps/couchbase/src/bucket/document.ts';
import { valuePreview } from '#apps/couchbase/src/documents/document-json.ts';
import { searchedBytes, textSearch } from '#apps/couchbase/src/documents/text-search.ts';
import { toByteString, utf8Bytes } from '#apps/couchbase/src/wire/byte-string.ts';

function document(key: string, value: string | Buffer): Document {
  const bytes = toByteString(Buffer.from(value as string));
  const numbers = { flags: 0, cas: 1, expiry: 0, seqno: 1, vbucket: 0, revision: 1 };
  return { key: utf8Bytes(key), value: bytes, xattrs: '', deleted: false, ...numbers };
}

describe('a search', () => {
  test.each([
    ['key-1', '{}', 'KEY', true],
    ['k', '{"name":"Straße ÉTÉ"}', 'été', true],
    ['k', '{"name":"Straße"}', 'strasse', false],
    ['k', '{"name":"Straße"}', 'STRASS', false],
    ['k', `"${'x'.repeat(searchedBytes - 5)}find"`, 'find', true],
    ['k', `"${'x'.repeat(searchedBytes)}find"`, 'find', false],
    ['k', Buffer.from([0xff, 0x61, 0x62]), 'ab', false],
    ['binary', Buffer.from([0xff]), 'BIN', true],
  ])('in %j, %s for %j: %s', (key, value, text, expected) => {
    expect(textSearch(text)(document(key, value))).toBe(expected);
  });
});

describe('a preview', () => {
  test.each([
    ['abcdef', 3, 'abc'],
    ['ab', 3, 'ab'],
    ['', 3, ''],
    ['ü😀€ü', 3, 'ü😀'],
    [Buffer.from([0xff, 0xfe, 0x41]), 3, undefined],
  ])('of %j, %i characters: %j', (value, characters, text) => {
    expect(valuePreview(document('k', value), characters).text).toBe(text);
  });
});
