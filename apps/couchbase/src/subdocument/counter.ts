import type { ByteString } from '../wire/byte-string.ts';
import { statuses, type Status } from '../wire/status.ts';
import { addMember } from './dictionary.ts';
import { type Edited, type EditRequest, splice } from './edit.ts';
import { find } from './find.ts';

const highest = 2n ** 63n - 1n;
const lowest = -(2n ** 63n);

/** COUNTER: adds to a whole number of 64 bits with a sign; a missing one counts as 0. Answers the sum. Source: kv_engine, docs/SubDocument.md. */
export function count(request: EditRequest): Edited | Status {
  const { text, path, value } = request;
  const delta = readDelta(value);
  if (delta === undefined) return statuses.subdocDeltaInvalid;
  const place = find(text, path);
  if (typeof place === 'number') return place;
  if (place.kind === 'missing') {
    const added = addMember(request, place, String(delta));
    return typeof added === 'number' ? added : { text: added.text, answer: String(delta) };
  }
  const written = text.slice(place.start, place.end);
  if (!/^-?\d+$/.test(written)) return statuses.subdocPathMismatch;
  const number = BigInt(written);
  if (number > highest || number < lowest) return statuses.subdocNumberTooBig;
  const sum = number + delta;
  if (sum > highest || sum < lowest) return statuses.subdocValueCannotInsert;
  return { text: splice(text, place.start, place.end, String(sum)).text, answer: String(sum) };
}

function readDelta(value: ByteString): bigint | undefined {
  if (!/^-?[1-9]\d{0,18}$/.test(value)) return undefined;
  const delta = BigInt(value);
  return delta > highest || delta < lowest ? undefined : delta;
}
