import { afterAll, beforeAll } from 'vitest';
import type { CopyLimits } from '#platform/etcd/v2/copied-reads.ts';
import { realEtcd, type RealEtcd } from '../real-etcd.ts';
import { startV2, type RunningV2 } from './start-v2.ts';

/** Both ways to the v2 API of one etcd, each with a store of its own. */
export interface BothApis {
  readonly etcd: Pick<RealEtcd, 'endpoints'>;
  readonly ours: Pick<RunningV2, 'url'>;
}

/**
 * The oracle beside ours, for all tests of a file: etcd 3.4's own v2 API (--enable-v2), on its own store; ours is on the v3 store of the
 * same process. What is returned can be read from the first test on.
 */
export function besideEtcd(opts: { copy?: CopyLimits } = {}): BothApis {
  let etcd: RealEtcd;
  let ours: RunningV2;
  beforeAll(async () => {
    etcd = await realEtcd({ args: ['--enable-v2=true'] });
    ours = await startV2(etcd.endpoints[0] ?? '', opts);
  });
  afterAll(async () => {
    await ours.close();
    await etcd.stop();
  });
  return {
    etcd: {
      get endpoints() {
        return etcd.endpoints;
      },
    },
    ours: {
      get url() {
        return ours.url;
      },
    },
  };
}
