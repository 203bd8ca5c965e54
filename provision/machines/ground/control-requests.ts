import { z } from 'zod';
import type { ExecResult, Impairment, MachineStatus } from '../machine-provider.ts';
import { machineFields, sizeFields } from './machine-fields.ts';

/** Node's timers hold no more than this many ms (Node.js documentation, "Timers"). */
const longestTimerMs = 2 ** 31 - 1;

const deadlineMs = z.number().positive().max(longestTimerMs);
const words = z.array(z.string());

const impairment = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('pause') }),
  z.strictObject({
    kind: z.literal('partition'),
    from: z.union([z.literal('all'), words.readonly()], 'must be "all" or a list of machines'),
  }),
  z.strictObject({ kind: z.literal('packet-loss'), percent: z.number() }),
  z.strictObject({ kind: z.literal('slow-cpu'), cpus: z.number() }),
  z.strictObject({ kind: z.literal('slow-disk'), bytesPerSecond: z.number() }),
  z.strictObject({ kind: z.literal('full-disk') }),
]) satisfies z.ZodType<Impairment>;

/**
 * The body of `POST /machines/NAME/VERB` for each verb of the supervisor's control API. Their form only: whether a machine
 * can do it now, or be impaired so, the machine itself says.
 */
export const controlBodies = {
  /** `bare`: without Ignition. */
  start: z.strictObject({ bare: z.boolean() }),
  halt: z.strictObject({ deadlineMs }),
  cut: z.strictObject({}),
  destroy: z.strictObject({}),
  reboot: z.strictObject({}),
  impair: z.strictObject({ impairment }),
  lift: z.strictObject({ impairment }),
  exec: z.strictObject({ argv: words.min(1, 'must name a program').readonly(), deadlineMs }),
  'wait-booted': z.strictObject({ deadlineMs }),
  resize: z.strictObject(sizeFields),
  /** The machine becomes one of the lab; it is not started. */
  add: z.strictObject(machineFields),
  /** It is none any more. It has no disk. */
  forget: z.strictObject({}),
};

/** The body of `POST /copy-disks`: an absolute path of a directory that is there, and empty. */
export const copyDisksBody = z.strictObject({ to: z.string().startsWith('/', 'must be an absolute path') });

export type ControlVerb = keyof typeof controlBodies;

/** What a caller sends with a verb. */
export type ControlBody<Verb extends ControlVerb> = z.input<(typeof controlBodies)[Verb]>;

/** What the supervisor answers to a verb. */
export type ControlReply<Verb extends ControlVerb> = Verb extends 'exec' | 'wait-booted'
  ? ExecResult
  : Verb extends 'halt'
    ? { readonly end: 'halted' | 'cut' }
    : MachineStatus;
