import type { KeysRequest } from './keys-request.ts';
import { readFresh, type Member, type MemberStatus } from './member.ts';
import { directoryOf, listingOf, nodeOf, type V2Node } from './node.ts';
import { insideOf, placeOf, readsOf } from './place.ts';
import { missing } from './plan-parts.ts';
import type { Refusal } from './refusal.ts';
import { timesLeft } from './times-left.ts';

export interface KeyAnswer {
  readonly action: string;
  readonly node: V2Node;
  readonly prevNode?: V2Node;
  /** The store's revision. */
  readonly index: number;
  readonly created: boolean;
}

/**
 * `GET`: a key; or a directory with what is in it, one level or, when it says `recursive`, all. Where a v3 client has put a key and
 * others below it, the key is what is seen here.
 * @param now ms since 1970
 */
export async function readKey(
  member: Member,
  request: KeysRequest,
  status: Promise<MemberStatus>,
  now: () => number,
): Promise<KeyAnswer | Refusal> {
  const { path } = request;
  const reads = [...readsOf(path), { key: insideOf(path), prefix: true }];
  const { answers, revision } = await readFresh(member, reads, request.quorum, status);
  const place = placeOf(path, answers, revision);
  const got = (node: V2Node) => ({ action: 'get', node, index: revision, created: false });
  if (place.file) return got(nodeOf(place.file, await timesLeft(member, [place.file], now)));
  if (!place.isDirectory) return missing(place);
  const inside = answers.at(-1) ?? [];
  const times = await timesLeft(member, inside, now);
  const below = inside.filter(({ key }) => key !== insideOf(path));
  return got(listingOf(directoryOf(path, place.marker, place.below, times), below, request.recursive, times));
}
