import { z } from 'zod';
import type { HistoryEvent, Operation } from './event.ts';

const text = z.string();
const at = { at: z.number() };
const desired = z.enum(['inactive', 'loaded', 'launched']);

const operation: z.ZodType<Operation> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('create'), unit: text, text, desired }),
  z.object({ kind: z.literal('replace'), unit: text, text }),
  z.object({ kind: z.literal('want'), unit: text, desired }),
  z.object({ kind: z.literal('destroy'), unit: text }),
  z.object({ kind: z.literal('metadata'), machine: text, key: text, value: text }),
]);

/** JSON leaves out what is undefined. */
const absent = text.optional().transform((value): string | undefined => value);
const change = z.object({ key: text, before: absent, after: absent }).transform(({ key, before, after }) => ({
  key,
  before,
  after,
}));

/** An event as it lies in a file. */
export const historyEventSchema = z.discriminatedUnion('kind', [
  z.object({ ...at, kind: z.literal('commit'), revision: z.number(), author: text, changes: z.array(change) }),
  z.object({ ...at, kind: z.literal('unit'), machine: text, unit: text, active: text, hash: text }),
  z.object({ ...at, kind: z.literal('command'), machine: text, verb: text, units: z.array(text) }),
  z.object({
    ...at,
    kind: z.literal('daemon'),
    machine: text,
    daemon: z.enum(['fleetd', 'etcd', 'machine']),
    is: z.enum(['up', 'down', 'leaving']),
  }),
  z
    .object({ ...at, kind: z.literal('etcd-leader'), machine: absent })
    .transform((event) => ({ ...event, machine: event.machine })),
  z.object({
    ...at,
    kind: z.literal('fault'),
    id: z.number(),
    is: z.enum(['begun', 'over']),
    what: text,
    machines: z.array(text),
    etcd: z.boolean(),
    isStandstill: z.boolean().exactOptional(),
  }),
  z.object({
    ...at,
    kind: z.literal('operation'),
    id: z.number(),
    client: text,
    does: operation,
    is: z.enum(['asked', 'done', 'refused', 'unknown']),
    mayComeAgain: z.boolean().exactOptional(),
    answer: text.exactOptional(),
  }),
  z.object({ ...at, kind: z.literal('died'), machine: text, error: text }),
  z.object({ ...at, kind: z.literal('log'), machine: text, line: text }),
  z.object({ ...at, kind: z.literal('calm'), isOn: z.boolean() }),
  z.object({ ...at, kind: z.literal('rest'), isOn: z.boolean() }),
  z.object({ ...at, kind: z.literal('overdue'), boundMs: z.number() }),
]) satisfies z.ZodType<HistoryEvent>;
