import type { z } from 'zod';

/**
 * The JSON that a URL answers with; undefined when nobody answers in time, with an error, or with something else. Not by `fetch`, which
 * takes 30 ms of CPU to load: half as much as Node itself.
 * @param form of the answer
 * @param deadlineMs for the whole answer
 * @param tls of an https:// URL: whom to trust and what to show, PEM
 */
export async function getJson<Form extends z.ZodType>(
  form: Form,
  url: string,
  deadlineMs: number,
  headers: Readonly<Record<string, string>> = {},
  tls: { readonly ca?: string; readonly cert?: string; readonly key?: string } = {},
): Promise<z.output<Form> | undefined> {
  const { request } = url.startsWith('https:') ? await import('node:https') : await import('node:http');
  return new Promise((done) => {
    const signal = AbortSignal.timeout(deadlineMs);
    const call = request(url, { ...tls, headers, signal, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      const { statusCode = 0 } = response;
      const isAnswer = statusCode >= 200 && statusCode < 300;
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => done(undefined));
      response.on('end', () => done(isAnswer ? form.safeParse(parse(chunks)).data : undefined));
    });
    call.on('error', () => done(undefined));
    call.end();
  });
}

function parse(chunks: readonly Buffer[]): unknown {
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}
