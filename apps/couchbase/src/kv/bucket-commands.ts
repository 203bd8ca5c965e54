import { accessBits } from '../auth/document-access.ts';
import { clusterConfig } from '../cluster/config-json.ts';
import type { Bucket } from '../bucket/bucket.ts';
import { features } from '../wire/features.ts';
import type { RequestFrame } from '../wire/frame.ts';
import { opcodes } from '../wire/opcodes.ts';
import type { Response } from '../wire/response.ts';
import { mayUse } from './access.ts';
import { getCollectionId, getManifest, getScopeId } from './collections.ts';
import { dcpCommands } from './dcp-commands.ts';
import type { HandlerContext } from './handler.ts';
import { getReplica, observe, observeSeqno } from './observe.ts';
import { cancelScan, continueScan, createScan } from './scan/scan-commands.ts';

/** Answers a request about the selected bucket, but about no document by its key. */
export interface BucketCommand {
  readonly extrasBytes: number;
  readonly run: (bucket: Bucket, context: HandlerContext, frame: RequestFrame) => Response;
}

/** Collections, range scans, and what a node of several is asked. */
export const bucketCommands: ReadonlyMap<number, BucketCommand> = new Map<number, BucketCommand>([
  [opcodes.getCollectionsManifest, { extrasBytes: 0, run: (bucket) => getManifest(bucket) }],
  [opcodes.getCollectionId, { extrasBytes: 0, run: (bucket, _, frame) => getCollectionId(bucket, frame) }],
  [opcodes.getScopeId, { extrasBytes: 0, run: (bucket, _, frame) => getScopeId(bucket, frame) }],
  [opcodes.observeSeqno, { extrasBytes: 0, run: (bucket, _, frame) => observeSeqno(bucket, frame) }],
  [
    opcodes.observe,
    {
      extrasBytes: 0,
      run: (bucket, context, frame) => {
        const mayRead = (collectionId: number) => mayUse(context, bucket, { collectionId, needs: accessBits.read });
        return observe(bucket, frame, context.session.granted.has(features.collections), mayRead);
      },
    },
  ],
  [
    opcodes.getReplica,
    { extrasBytes: 0, run: (bucket, { cluster }) => getReplica(() => clusterConfig(cluster, bucket)) },
  ],
  ...dcpCommands,
  [opcodes.rangeScanCreate, { extrasBytes: 0, run: createScan }],
  [opcodes.rangeScanContinue, { extrasBytes: 28, run: continueScan }],
  [opcodes.rangeScanCancel, { extrasBytes: 16, run: (_, { session }, frame) => cancelScan(session, frame) }],
]);
