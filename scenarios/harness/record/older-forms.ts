import { z } from 'zod';

const faultTypes = new Set(['fault', 'fault-done', 'fault-undo', 'fault-undone']);

/** The first form: the fault in words, and only two kinds of it. */
const inWords = z.object({ fault: z.string() });
/** The second: a record without the action, whose kind was all there was to tell of most. */
const kindOnly = z.looseObject({ kind: z.string(), action: z.undefined().optional() });

/**
 * An event of an older version of the lab in today's form; any other as it is. Until a fault was a value, its events said
 * `{"fault":"cut core-03"}`, then id, machine, kind and name. Pure.
 * @param event a line of a log, not checked yet
 */
export function upgraded(event: { readonly type: string; readonly data: unknown }): unknown {
  if (!faultTypes.has(event.type)) return event;
  const words = inWords.safeParse(event.data);
  if (words.success) {
    const name = words.data.fault;
    const [kind, machine] = name.split(' ');
    return { ...event, data: { id: name, name, kind, machine, action: { kind } } };
  }
  const record = kindOnly.safeParse(event.data);
  return record.success ? { ...event, data: { ...record.data, action: record.data } } : event;
}
