import { counterSet, type Counter, type CounterSet } from '../bucket/statistics/sample.ts';
import { opcodes, subdocOpcodes } from '../wire/opcodes.ts';
import { statuses } from '../wire/status.ts';

/** What a command adds to, by how it ended. */
interface Outcomes {
  readonly success: CounterSet;
  readonly missing: CounterSet;
  /** The document does not allow it. */
  readonly refused: CounterSet;
  readonly full: CounterSet;
  /** The request named the CAS that it expects; it was that one, another, or there was no document. */
  readonly casHit: CounterSet;
  readonly casWrong: CounterSet;
  readonly casMissing: CounterSet;
}

function outcomes(success: readonly Counter[], missing: readonly Counter[], refused: readonly Counter[]): Outcomes {
  return {
    success: counterSet(...success),
    missing: counterSet(...missing),
    refused: counterSet(...refused),
    full: counterSet(...refused, 'ep_oom_errors'),
    casHit: counterSet(...success, 'cas_hits'),
    casWrong: counterSet(...refused, 'cas_badval'),
    casMissing: counterSet(...missing, 'cas_misses'),
  };
}

const writing = outcomes(['cmd_set'], ['cmd_set'], ['cmd_set']);
const reading = outcomes(['cmd_get', 'get_hits'], ['cmd_get', 'get_misses'], []);
const inside = outcomes(['cmd_lookup'], ['cmd_lookup'], []);
const looking = outcomes(['ep_num_ops_get_meta'], ['ep_num_ops_get_meta'], []);

/** Single sub-document commands: those that look, and all others, which change something. */
const lookups: readonly number[] = [subdocOpcodes.get, subdocOpcodes.exists, subdocOpcodes.getCount];
const mutations = Object.values(subdocOpcodes).filter((opcode) => !lookups.includes(opcode));

/** By opcode. Names: kv_engine, "stats" documentation. */
const commands: readonly (Outcomes | undefined)[] = byOpcode([
  [[opcodes.get, opcodes.getWithKey, opcodes.getAndTouch, opcodes.getLocked], reading],
  [[opcodes.set, opcodes.add, opcodes.replace, opcodes.append, opcodes.prepend, opcodes.touch], writing],
  [[opcodes.delete], outcomes(['delete_hits'], ['delete_misses'], [])],
  [[opcodes.increment], outcomes(['incr_hits'], ['incr_misses'], [])],
  [[opcodes.decrement], outcomes(['decr_hits'], ['decr_misses'], [])],
  [[opcodes.getMeta], looking],
  [[opcodes.subdocMultiLookup, ...lookups], inside],
  [[opcodes.subdocMultiMutation, ...mutations], writing],
]);

function byOpcode(table: readonly (readonly [readonly number[], Outcomes])[]): (Outcomes | undefined)[] {
  const all = new Array<Outcomes | undefined>(256).fill(undefined);
  for (const [codes, of] of table) for (const code of codes) all[code] = of;
  return all;
}

const none: CounterSet = [];

/**
 * What a request that was answered adds to its bucket's statistics.
 * @param hasCas the request named the CAS that it expects
 */
export function countersOf(opcode: number, status: number, hasCas: boolean): CounterSet {
  const command = commands[opcode];
  if (command === undefined) return none;
  switch (status) {
    case statuses.success:
    case statuses.subdocMultiPathFailure:
    case statuses.subdocSuccessDeleted:
    case statuses.subdocMultiPathFailureDeleted:
      return hasCas ? command.casHit : command.success;
    case statuses.notFound:
      return hasCas ? command.casMissing : command.missing;
    case statuses.exists:
      return hasCas ? command.casWrong : command.refused;
    case statuses.notStored:
    case statuses.locked:
    case statuses.temporaryFailure:
    case statuses.tooBig:
      return command.refused;
    case statuses.noMemory:
      return command.full;
    default:
      return none;
  }
}
