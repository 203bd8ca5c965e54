import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { LabError } from '#errors/lab-error.ts';
import { checkForm } from '../ground/check-form.ts';

const limitBytes = 1024 * 1024;

/**
 * The body of a request as JSON; none at all is an empty object. One that is too large is read to its end and thrown away:
 * who still sends does not hear an answer.
 * @throws LabError `input.body`
 */
export async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= limitBytes) chunks.push(chunk);
  }
  if (size > limitBytes)
    throw new LabError({ code: 'input.body', cause: 'the request body is over 1 MiB', next: 'send less' });
  if (size === 0) return {};
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new LabError({ code: 'input.request', cause: `the request body is no JSON: ${why}`, next, error });
  }
}

const next = 'lab status; if the lab itself sent it, report this';

/**
 * What a verb is told.
 * @param schema its one of `controlBodies`
 * @throws LabError `input.request` with the path of the field that is wrong
 */
export function bodyOf<Schema extends z.ZodType>(schema: Schema, verb: string, body: unknown): z.output<Schema> {
  return checkForm(schema, body, { code: 'input.request', what: `the body of ${verb}`, next });
}
