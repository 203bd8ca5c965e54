import type { ScramExchange } from '../auth/scram.ts';
import type { Bucket } from '../bucket/bucket.ts';
import { RangeScans } from './scan/range-scans.ts';

/** What the server knows of one key-value connection; handlers change it. */
export interface Session {
  user: string | undefined;
  bucket: Bucket | undefined;
  granted: ReadonlySet<number>;
  scram: ScramExchange | undefined;
  /** The client asked to be disconnected after the answer. */
  quitting: boolean;
  readonly scans: RangeScans;
}

/** @param scans range scans that may be under way */
export function newSession(scans: number): Session {
  return {
    user: undefined,
    bucket: undefined,
    granted: new Set(),
    scram: undefined,
    quitting: false,
    scans: new RangeScans(scans),
  };
}
