import { useMemo, useState } from 'react';
import useSWR from 'swr';
import { LiveChart } from '../charts/live-chart.tsx';
import { acrossBuckets, highestSum } from '../charts/minute.ts';
import { bytes, count, counted, shortCount } from '../parts/format.ts';
import { Meter } from '../parts/meter.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { ask, type RestError } from '../rest/ask.ts';
import { paths } from '../rest/paths.ts';
import type { Bucket, BucketStats, Pool } from '../rest/shapes.ts';
import { AddBucket } from './add-bucket.tsx';
import { BucketTable } from './bucket-table.tsx';

/** All buckets at a glance: what is stored, what it takes, and what happens each second. */
export function Overview({
  buckets,
  pool,
  onBuckets,
}: {
  buckets: readonly Bucket[];
  pool: Pool;
  onBuckets: () => void;
}) {
  const [isAdding, setAdding] = useState(false);
  const names = buckets.map(({ name }) => name);
  const stats = useSWR<readonly { bucket: string; stats: BucketStats }[], RestError>(
    names.length === 0 ? null : ['minutes', ...names],
    () => Promise.all(names.map(async (bucket) => ({ bucket, stats: await ask<BucketStats>(paths.stats(bucket)) }))),
    { refreshInterval: 1000 },
  );
  const minute = useMemo(() => acrossBuckets(stats.data ?? [], 'ops'), [stats.data]);
  const [node] = pool.nodes;
  return (
    <>
      <PageHead title="Overview" note={node && `${node.services.join(', ')} · ${node.version}`}>
        <button type="button" className="primary" onClick={() => setAdding(true)}>
          Add bucket
        </button>
      </PageHead>
      <Tiles buckets={buckets} pool={pool} highest={highestSum(minute)} />
      {buckets.length > 0 && (
        <LiveChart title="Operations per second" minute={minute} format={count} axis={shortCount} height={260} />
      )}
      <BucketTable buckets={buckets} />
      {isAdding && (
        <AddBucket
          onClose={() => setAdding(false)}
          onAdded={() => {
            setAdding(false);
            onBuckets();
          }}
        />
      )}
    </>
  );
}

function Tiles({ buckets, pool, highest }: { buckets: readonly Bucket[]; pool: Pool; highest: number }) {
  const sum = (figure: (bucket: Bucket) => number) => buckets.reduce((total, bucket) => total + figure(bucket), 0);
  const used = sum(({ basicStats }) => basicStats.memUsed);
  const quota = sum((bucket) => bucket.quota.ram);
  return (
    <dl className="tiles">
      <div>
        <dt>Operations per second</dt>
        <dd className="figure">{count(sum(({ basicStats }) => basicStats.opsPerSec))}</dd>
        <dd className="of">{count(highest)} at most in this minute</dd>
      </div>
      <div>
        <dt>Items</dt>
        <dd className="figure">{count(sum(({ basicStats }) => basicStats.itemCount))}</dd>
        <dd className="of">in {counted(buckets.length, 'bucket')}</dd>
      </div>
      <div>
        <dt>Memory used</dt>
        <dd className="figure">{bytes(used)}</dd>
        <dd className="of">of {bytes(quota)} for buckets</dd>
        <dd>
          <Meter label="Memory used by buckets" used={used} of={quota} />
        </dd>
      </div>
      <div>
        <dt>Memory given to buckets</dt>
        <dd className="figure">{bytes(quota)}</dd>
        <dd className="of">of {pool.memoryQuota} MiB of the node</dd>
        <dd>
          <Meter label="Memory given to buckets" used={quota} of={pool.memoryQuota * 1024 * 1024} />
        </dd>
      </div>
    </dl>
  );
}
