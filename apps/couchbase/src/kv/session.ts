import type { DocumentAccess } from '../auth/document-access.ts';
import type { Principal } from '../auth/principal.ts';
import type { Bucket } from '../bucket/bucket.ts';
import type { DcpProducer } from '../dcp/producer.ts';
import type { Response } from '../wire/response.ts';
import { RangeScans } from './scan/range-scans.ts';

/** What the server knows of one key-value connection; handlers change it. */
export interface Session {
  /** Who authenticated. */
  user: Principal | undefined;
  bucket: Bucket | undefined;
  /** What the user may do with documents of the bucket; asked anew when users change. */
  access: DocumentAccess | undefined;
  granted: ReadonlySet<number>;
  /** Takes the client's next message of an authentication that is under way. */
  saslStep: ((message: string) => Response) | undefined;
  /** The client asked to be disconnected after the answer. */
  quitting: boolean;
  readonly scans: RangeScans;
  /** Of a connection that was opened for a stream of changes. */
  producer: DcpProducer | undefined;
  /** Has the connection look whether there is something to send. */
  readonly wake: () => void;
}

/** @param scans range scans that may be under way */
export function newSession(scans: number, wake: () => void = () => undefined): Session {
  return {
    user: undefined,
    bucket: undefined,
    access: undefined,
    granted: new Set(),
    saslStep: undefined,
    quitting: false,
    scans: new RangeScans(scans),
    producer: undefined,
    wake,
  };
}
