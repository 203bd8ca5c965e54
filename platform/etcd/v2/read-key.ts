import type { KeyValue } from '../store.ts';
import type { KeysRequest } from './keys-request.ts';
import type { Member, MemberStatus } from './member.ts';
import { directoryOf, listingOf, nodeOf, type TimesLeft, type V2Node } from './node.ts';
import { insideOf, placeOf, readsOf } from './place.ts';
import { missing } from './plan-parts.ts';
import { readFresh, type FreshPicture } from './read-fresh.ts';
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
 * @throws LabError of `etcdFailure`
 */
export async function readKey(
  member: Member,
  request: KeysRequest,
  status: Promise<MemberStatus>,
  now: () => number,
): Promise<KeyAnswer | Refusal> {
  const { path, quorum, recursive } = request;
  // Most that are asked for have a value: one key is read quickly, and together with others.
  if (!recursive && path !== '/') {
    const seen = await readFresh(member, [{ key: path, limit: 1 }], quorum, status);
    const file = seen.answers[0]?.[0];
    if (file) return got(nodeOf(file, await timesOf(member, seen, [file], now)), seen);
  }
  const seen = await readFresh(member, [...readsOf(path), { key: insideOf(path), prefix: true }], quorum, status);
  const place = placeOf(path, seen.answers, seen.revision);
  if (place.file) return got(nodeOf(place.file, await timesOf(member, seen, [place.file], now)), seen);
  if (!place.isDirectory) return missing(place);
  const inside = seen.answers.at(-1) ?? [];
  const shown = recursive ? inside : inside.filter(({ key }) => isDirectlyIn(path, key));
  const times = await timesOf(member, seen, shown, now);
  const below = inside.filter(({ key }) => key !== insideOf(path));
  return got(listingOf(directoryOf(path, place.marker, place.below, times), below, recursive, times), seen);
}

function got(node: V2Node, { revision }: FreshPicture): KeyAnswer {
  return { action: 'get', node, index: revision, created: false };
}

/** Without a quorum nobody knows how long a key lives. */
async function timesOf(
  member: Member,
  { isNewest }: FreshPicture,
  items: readonly KeyValue[],
  now: () => number,
): Promise<TimesLeft> {
  return isNewest ? timesLeft(member, items, now) : new Map();
}

/** Also the directory's own mark, and those of directories in it. */
function isDirectlyIn(path: string, key: string): boolean {
  return !key.slice(insideOf(path).length, -1).includes('/');
}
