import { askFor } from '../rest/ask.ts';
import { paths } from '../rest/paths.ts';
import type { StoredDocument } from '../rest/shapes.ts';
import { compacted, indented } from '../parts/json-text.ts';

/** Text beyond this is not put into the editor, characters: the server takes no form that large, and an editor hardly. */
const editableLength = 1024 * 1024;

/** A document as the console works with it. */
export interface Opened {
  readonly meta: StoredDocument['meta'];
  readonly etag: string;
  /** JSON over lines, or what there is to see of another value. */
  readonly text: string;
  readonly kind: 'json' | 'binary' | 'large';
}

/** @throws RestError with status 404 when there is none */
export async function openDocument(bucket: string, id: string): Promise<Opened> {
  const { value, etag = '' } = await askFor<StoredDocument>(paths.document(bucket, id));
  const { meta } = value;
  if (!('json' in value)) return { meta, etag, text: value.base64.slice(0, editableLength), kind: 'binary' };
  if (value.json.length > editableLength)
    return { meta, etag, text: value.json.slice(0, editableLength), kind: 'large' };
  return { meta, etag, text: indented(value.json), kind: 'json' };
}

/**
 * Stores JSON without blanks. @param condition which revision it takes the place of, or that there is none
 * @throws RestError with status 412 when the document is another one by now
 */
export async function storeDocument(args: {
  bucket: string;
  id: string;
  text: string;
  condition: { readonly etag: string; readonly flags: number } | 'new' | 'whatever is there';
}): Promise<void> {
  const { bucket, id, text, condition } = args;
  const form = { value: compacted(text), preserveTTL: 'true' };
  const path = paths.document(bucket, id);
  if (condition === 'whatever is there') await askFor(path, { method: 'POST', form });
  else if (condition === 'new') await askFor(path, { method: 'POST', form, headers: { 'If-None-Match': '*' } });
  else {
    const { etag, flags } = condition;
    await askFor(path, { method: 'POST', form: { ...form, flags: String(flags) }, headers: { 'If-Match': etag } });
  }
}

/** @throws RestError with status 412 when the document is another one by now */
export async function deleteDocument(bucket: string, id: string, etag: string): Promise<void> {
  await askFor(paths.document(bucket, id), { method: 'DELETE', headers: { 'If-Match': etag } });
}
