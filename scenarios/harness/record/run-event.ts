import { z } from 'zod';
import { faultRecordSchema } from './fault-schema.ts';
import { probeNames } from './sample.ts';
import { findingSchema, measureSchema, runReportSchema } from './run-report.ts';

/** `atMs`: ms since the run began, from a monotonic clock. `wallMs`: wall clock, ms since the epoch; the machines share it. */
const stamps = { atMs: z.number(), wallMs: z.number() };

function event<const Type extends string, Data extends z.ZodType>(type: Type, data: Data) {
  return z.object({ ...stamps, type: z.literal(type), data });
}

const text = z.string();
const ms = z.number();
const none = z.object({});
const onMachine = z.object({ machine: text });
/** True for what was there at the watch's first look, which did not happen then. */
const initial = z.boolean().exactOptional();
/** The action says it all; its kind stands beside it for those who read a log without this program. */
const fault = faultRecordSchema.extend({ kind: text });
const probe = z.object({ probe: z.enum(probeNames) });
const asked = probe.extend({ machine: text.exactOptional(), target: text.exactOptional() });

/** A line of `events.ndjson`: everything that is seen and done in a run is one of these. */
export const runEventSchema = z.discriminatedUnion('type', [
  // Absent in logs of older versions: command, lab; of the verdict: sentence.
  event(
    'run',
    z.object({
      scenario: text,
      parameters: runReportSchema.shape.parameters,
      command: text.exactOptional(),
      lab: text.exactOptional(),
    }),
  ),
  event('verdict', z.object({ verdict: runReportSchema.shape.verdict, sentence: text.exactOptional() })),
  // An error of the run itself has a code; an undoing that failed has none.
  event(
    'error',
    z.object({ message: text, code: text.exactOptional(), evidence: z.array(text).readonly().exactOptional() }),
  ),

  // What a scenario states.
  event('phase', z.object({ name: text })),
  event('mark', runReportSchema.shape.timeline.element),
  event('measure', measureSchema),
  event('invariant', findingSchema),
  event('note', z.object({ text })),
  event('own', z.object({ name: text.min(1), values: z.record(text, z.json()) })),
  event('screenshot', z.object({ file: text, machine: text })),

  // What it waits for and does.
  event('wait', z.object({ condition: text, deadlineMs: ms })),
  event('wait-missing', z.object({ condition: text, missing: text })),
  event('wait-held', z.object({ condition: text })),
  event('command', z.object({ command: text })),
  event('output', z.object({ line: text })),
  event('fault', fault),
  event('fault-done', fault),
  event('fault-undo', fault),
  event('fault-undone', fault),

  // What the watch sees of fleet and the discovery keys. null: none.
  event('machine-present', onMachine.extend({ initial })),
  event('machine-gone', onMachine.extend({ initial })),
  event(
    'unit-target',
    z.object({ unit: text, from: text.nullable(), to: text.nullable(), reason: text.nullable(), initial }),
  ),
  event('unit-state', z.object({ unit: text, machine: text, state: text.nullable(), initial })),
  event('key-set', z.object({ key: text, value: text, old: text.nullable(), initial })),
  event('key-gone', z.object({ key: text, old: text, initial })),
  event('key-ttl', z.object({ unit: text, ttlMs: ms })),
  event('unseen', z.object({ of: z.enum(['units', 'keys']), fromMs: ms, toMs: ms })),
  event('watch-unanswered', z.object({ error: text })),
  event('watch-answered', none),
  event('watch-ended', none),

  // What the probes see.
  event('probe-started', probe),
  event('probe-failing', asked.extend({ error: text })),
  event('probe-ok', asked.extend({ afterMs: ms })),
  event('probe-ended', probe.extend({ missedSlots: z.number().exactOptional(), error: text.exactOptional() })),
  event('page-connected', onMachine),
  event('page-disconnected', onMachine.extend({ reason: text })),
  // firstKey: the newest row's, as JSON.
  event('page-message', onMachine.extend({ rows: z.number(), firstKey: text.nullable() })),
]);

/** One thing that happened in a run. Every view of a run (terminal, report, invariants) is computed from these. */
export type RunEvent = Readonly<z.infer<typeof runEventSchema>>;

export type EventType = RunEvent['type'];

/** The events of this type, or of one of these types. */
export type EventOf<Type extends EventType> = Extract<RunEvent, { readonly type: Type }>;

export type EventData<Type extends EventType> = EventOf<Type>['data'];

/** An event that has not got all its stamps yet. */
export type Without<Stamp extends 'atMs' | 'wallMs', Event = RunEvent> = Event extends unknown
  ? Omit<Event, Stamp>
  : never;

const types: ReadonlySet<string> = new Set(runEventSchema.options.map(({ shape }) => shape.type.value));

/** Is an event of this type known to this version of the lab? */
export function isEventType(type: string): boolean {
  return types.has(type);
}
