import { z } from 'zod';
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

const key = z.base64().transform((text) => toByteString(Buffer.from(text, 'base64')));

const schema = z.object({
  collection: z
    .string()
    .regex(/^[0-9a-f]{1,8}$/i)
    .default('0'),
  key_only: z.boolean().default(false),
  range: z
    .object({ start: key.optional(), excl_start: key.optional(), end: key.optional(), excl_end: key.optional() })
    .optional(),
  sampling: z.object({ samples: z.int().positive(), seed: z.number().default(0) }).optional(),
  snapshot_requirements: z
    .object({ vb_uuid: z.string(), seqno: z.number(), seqno_exists: z.boolean().default(false) })
    .optional(),
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
