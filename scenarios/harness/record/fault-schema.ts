import { z } from 'zod';
import type { FaultAction, FaultKind, FaultRecord } from './fault-record.ts';

const unit = z.string().min(1);
const actions = {
  halt: z.object({ kind: z.literal('halt') }),
  cut: z.object({ kind: z.literal('cut') }),
  reboot: z.object({ kind: z.literal('reboot') }),
  pause: z.object({ kind: z.literal('pause') }),
  partition: z.object({
    kind: z.literal('partition'),
    from: z.union([z.literal('all'), z.array(z.string().min(1)).readonly()]),
  }),
  'packet-loss': z.object({ kind: z.literal('packet-loss'), percent: z.number() }),
  'slow-cpu': z.object({ kind: z.literal('slow-cpu'), cpus: z.number() }),
  'slow-disk': z.object({ kind: z.literal('slow-disk'), bytesPerSecond: z.number() }),
  'full-disk': z.object({ kind: z.literal('full-disk') }),
  kill: z.object({ kind: z.literal('kill'), unit }),
  'kill-container': z.object({ kind: z.literal('kill-container'), container: z.string().min(1) }),
  'stop-unit': z.object({ kind: z.literal('stop-unit'), unit }),
  // A kind that is added to FaultAction and cannot be read back does not compile.
} satisfies { readonly [K in FaultKind]: z.ZodType<FaultAction & { readonly kind: K }> };

const { halt, ...others } = actions;
const faultActionSchema = z.discriminatedUnion('kind', [halt, ...Object.values(others)]);

/** A fault as it is written down, in the lab's ledger and in a run's log. */
export const faultRecordSchema = z.object({
  id: z.string().min(1),
  machine: z.string().min(1),
  action: faultActionSchema,
  name: z.string(),
}) satisfies z.ZodType<FaultRecord>;
