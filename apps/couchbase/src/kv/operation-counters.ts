import type { Counter } from '../bucket/statistics/sample.ts';
import { opcodes } from '../wire/opcodes.ts';
import { statuses } from '../wire/status.ts';

interface Outcomes {
  readonly success?: readonly Counter[];
  readonly missing?: readonly Counter[];
  /** The document, or the bucket, does not allow it. */
  readonly refused?: readonly Counter[];
}

const writing: Outcomes = { success: ['cmd_set'], missing: ['cmd_set'], refused: ['cmd_set'] };
const reading: Outcomes = { success: ['cmd_get', 'get_hits'], missing: ['cmd_get', 'get_misses'] };

/** What each command on documents adds to, by how it ended. Names: kv_engine, "stats" documentation. */
const commands: ReadonlyMap<number, Outcomes> = new Map<number, Outcomes>([
  [opcodes.get, reading],
  [opcodes.getAndTouch, reading],
  [opcodes.touch, { success: ['cmd_set'], missing: ['cmd_set'] }],
  ...[opcodes.set, opcodes.add, opcodes.replace, opcodes.append, opcodes.prepend].map(
    (opcode) => [opcode, writing] as const,
  ),
  [opcodes.delete, { success: ['delete_hits'], missing: ['delete_misses'] }],
  [opcodes.increment, { success: ['incr_hits'], missing: ['incr_misses'] }],
  [opcodes.decrement, { success: ['decr_hits'], missing: ['decr_misses'] }],
  [opcodes.getMeta, { success: ['ep_num_ops_get_meta'], missing: ['ep_num_ops_get_meta'] }],
]);

const none: readonly Counter[] = [];

/**
 * What a request that was answered adds to its bucket's statistics.
 * @param hasCas the request named the CAS that it expects
 */
export function countersOf(opcode: number, status: number, hasCas: boolean): readonly Counter[] {
  const outcomes = commands.get(opcode);
  if (outcomes === undefined) return none;
  const counted = outcomesFor(outcomes, status) ?? none;
  if (status === statuses.noMemory) return [...counted, 'ep_oom_errors'];
  if (!hasCas) return counted;
  if (status === statuses.success) return [...counted, 'cas_hits'];
  if (status === statuses.exists) return [...counted, 'cas_badval'];
  return status === statuses.notFound ? [...counted, 'cas_misses'] : counted;
}

const refusals: ReadonlySet<number> = new Set<number>([
  statuses.exists,
  statuses.notStored,
  statuses.tooBig,
  statuses.noMemory,
]);

function outcomesFor(outcomes: Outcomes, status: number): readonly Counter[] | undefined {
  if (status === statuses.success) return outcomes.success;
  if (status === statuses.notFound) return outcomes.missing;
  return refusals.has(status) ? outcomes.refused : undefined;
}
