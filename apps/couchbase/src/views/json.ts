import * as z from 'zod/mini';

/** Any value JSON can carry. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** @throws SyntaxError when the text is no JSON */
export function parseJson(text: string): Json {
  return z.json().parse(JSON.parse(text));
}
