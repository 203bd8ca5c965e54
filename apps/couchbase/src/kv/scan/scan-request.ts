import * as z from 'zod/mini';
import { issueLines } from '../../../../../errors/issue-lines.ts';
import { toByteString, type ByteString } from '../../wire/byte-string.ts';

/** What RANGE_SCAN_CREATE asks for. */
export interface ScanRequest {
  readonly collectionId: number;
  readonly keysOnly: boolean;
  readonly what: KeyRange | Sampling;
  readonly snapshot: Snapshot | undefined;
}

/** Keys between two others, which belong to the range unless they are excluded. */
export interface KeyRange {
  readonly kind: 'range';
  readonly from: ByteString;
  readonly fromExcluded: boolean;
  readonly to: ByteString;
  readonly toExcluded: boolean;
}

/** So many keys by chance, the same ones for the same seed. */
export interface Sampling {
  readonly kind: 'sampling';
  readonly samples: number;
  readonly seed: number;
}

/** What the vBucket must have for the scan to make sense. */
export interface Snapshot {
  readonly vbucketUuid: string;
  readonly seqno: number;
  /** The mutation of that number must still be what its key has. */
  readonly mustExist: boolean;
}

const toKey = z.transform((text: string) => toByteString(Buffer.from(text, 'base64')));
const key = z.optional(z.pipe(z.base64(), toKey));
const no = z._default(z.boolean(), false);

const schema = z.object({
  collection: z._default(z.string().check(z.regex(/^[0-9a-f]{1,8}$/i)), '0'),
  key_only: no,
  range: z.optional(z.object({ start: key, excl_start: key, end: key, excl_end: key })),
  sampling: z.optional(z.object({ samples: z.int().check(z.positive()), seed: z._default(z.number(), 0) })),
  snapshot_requirements: z.optional(z.object({ vb_uuid: z.string(), seqno: z.number(), seqno_exists: no })),
});

/** Reads the JSON of a request. A sentence says what is wrong with it. Source: kv_engine, docs/range_scans/range_scan_create.md. */
export function readScanRequest(value: Buffer): ScanRequest | string {
  const read = schema.safeParse(parse(value));
  if (!read.success) return issueLines(read.error).join('; ');
  const { collection, key_only: keysOnly, range, sampling, snapshot_requirements: snapshot } = read.data;
  const what = range === undefined ? samplingOf(sampling) : rangeOf(range);
  if (typeof what === 'string') return what;
  if (range !== undefined && sampling !== undefined) return 'either a range or a sampling';
  return {
    collectionId: Number.parseInt(collection, 16),
    keysOnly,
    what,
    snapshot: snapshot && { vbucketUuid: snapshot.vb_uuid, seqno: snapshot.seqno, mustExist: snapshot.seqno_exists },
  };
}

function parse(value: Buffer): unknown {
  try {
    return JSON.parse(value.toString('utf8'));
  } catch {
    return undefined;
  }
}

function samplingOf(sampling: z.infer<typeof schema>['sampling']): Sampling | string {
  if (sampling === undefined) return 'a range or a sampling is needed';
  return { kind: 'sampling', samples: sampling.samples, seed: sampling.seed };
}

function rangeOf(range: NonNullable<z.infer<typeof schema>['range']>): KeyRange | string {
  const from = range.start ?? range.excl_start;
  const to = range.end ?? range.excl_end;
  if (from === undefined || to === undefined) return 'a range has a start and an end';
  return { kind: 'range', from, fromExcluded: range.start === undefined, to, toExcluded: range.end === undefined };
}
