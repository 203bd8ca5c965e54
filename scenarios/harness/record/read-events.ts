import { basename, dirname } from 'node:path';
import { z } from 'zod';
import { issueLines } from '#errors/issue-lines.ts';
import { LabError } from '#errors/lab-error.ts';
import { type RecordedLine, recordedLines } from './ndjson.ts';
import { upgraded } from './older-forms.ts';
import { isEventType, type RunEvent, runEventSchema } from './run-event.ts';

export interface RecordedEvents {
  readonly events: readonly RunEvent[];
  /** Types that this version of the lab does not know, with the number of events of each: they are left out. */
  readonly unknown: ReadonlyMap<string, number>;
}

const anyEvent = z.looseObject({ type: z.string().min(1), data: z.unknown() });

/**
 * The events of a run, each checked. A last line that was cut short (its process was killed) is left out; so is what another
 * version of the lab recorded and this one knows nothing of, which is counted. A file that does not exist has no events.
 * @param file `events.ndjson` of a run
 * @throws LabError `input.record` naming file and line of what is no event
 */
export async function readEvents(file: string): Promise<RecordedEvents> {
  const { lines, torn } = await recordedLines(file);
  const events: RunEvent[] = [];
  const unknown = new Map<string, number>();
  const finished = torn !== undefined && isJson(torn.text) ? [...lines, torn] : lines;
  for (const line of finished) {
    const { event, type } = readEvent(line);
    if (event === undefined) unknown.set(type, (unknown.get(type) ?? 0) + 1);
    else events.push(event);
  }
  return { events, unknown };
}

/** @returns without an event: one of an unknown type */
function readEvent({ text, where }: RecordedLine): { readonly type: string; readonly event?: RunEvent } {
  const value = parsed(text, where);
  const some = anyEvent.safeParse(value);
  if (!some.success) throw broken(where, 'is not an event', some.error);
  const { type } = some.data;
  if (!isEventType(type)) return { type };
  try {
    return { type, event: runEventSchema.parse(upgraded(some.data)) };
  } catch (error) {
    throw broken(where, `is not an event ${type} as this version of the lab knows it`, error);
  }
}

function parsed(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw broken(where, 'is not JSON', error);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function broken(where: string, what: string, error: unknown): LabError {
  return new LabError({
    code: 'input.record',
    cause: `${where} ${what}`,
    evidence: error instanceof z.ZodError ? issueLines(error) : [String(error)],
    next: `lab runs (choose another than ${basename(dirname(where))})`,
    error,
  });
}
