import { useMemo, useState } from 'react';
import { LiveChart } from '../charts/live-chart.tsx';
import { figuresOf } from '../charts/minute.ts';
import { Confirm } from '../parts/confirm.tsx';
import { bytes, count, counted, shortCount } from '../parts/format.ts';
import { PageHead } from '../parts/page-head.tsx';
import { ask } from '../rest/ask.ts';
import { paths } from '../rest/paths.ts';
import type { Bucket, BucketStats } from '../rest/shapes.ts';
import { useRest } from '../rest/use-rest.ts';
import { hrefOf } from '../shell/route.ts';
import { goTo } from '../shell/use-place.ts';
import { NoSuchBucket } from './no-such-bucket.tsx';

/** What each chart shows, by the names of the REST API's samples. A server that has not all of them shows those it has. */
const operations = [
  { name: 'ops', label: 'all' },
  { name: 'cmd_get', label: 'gets' },
  { name: 'cmd_set', label: 'sets' },
];
const items = [{ name: 'curr_items', label: 'items' }];
const memory = [{ name: 'mem_used', label: 'memory' }];

/** One bucket: its minute in charts, its settings, and what can be done with it as a whole. */
export function BucketPage(props: { buckets: readonly Bucket[]; name: string; onBuckets: () => void }) {
  const { buckets, name, onBuckets } = props;
  const bucket = buckets.find((one) => one.name === name);
  const { data } = useRest<BucketStats>(bucket === undefined ? null : paths.stats(name), 1000);
  const minutes = useMemo(
    () => ({
      operations: figuresOf(data, operations),
      items: figuresOf(data, items),
      memory: figuresOf(data, memory),
    }),
    [data],
  );
  if (bucket === undefined) return <NoSuchBucket name={name} />;
  return (
    <>
      <PageHead title={name} note={<Settings bucket={bucket} />}>
        <a className="button" href={hrefOf({ page: 'documents', bucket: name })}>
          Documents
        </a>
        <a className="button" href={hrefOf({ page: 'views', bucket: name })}>
          Views
        </a>
        <Whole bucket={bucket} onBuckets={onBuckets} />
      </PageHead>
      <LiveChart
        title="Operations per second"
        minute={minutes.operations}
        format={count}
        axis={shortCount}
        height={260}
      />
      <div className="halves">
        <LiveChart title="Items" minute={minutes.items} format={count} axis={shortCount} height={180} />
        <LiveChart title="Memory used" minute={minutes.memory} format={bytes} steps="binary" height={180} />
      </div>
    </>
  );
}

function Settings({ bucket }: { bucket: Bucket }) {
  const { bucketType, quota, replicaNumber, controllers } = bucket;
  const facts = [
    `${bucketType === 'ephemeral' ? 'Ephemeral' : 'Couchbase'} bucket`,
    `${bytes(quota.ram)} quota`,
    ...(replicaNumber === 0 ? [] : [`${counted(replicaNumber, 'replica')} asked for, which one node does not keep`]),
    controllers.flush === undefined ? 'cannot be flushed' : 'may be flushed',
  ];
  return <>{facts.join(' · ')}</>;
}

function Whole({ bucket, onBuckets }: { bucket: Bucket; onBuckets: () => void }) {
  const [asked, setAsked] = useState<'flush' | 'delete'>();
  const { name } = bucket;
  const close = () => setAsked(undefined);
  const flush = async () => {
    await ask(paths.flush(name), { method: 'POST' });
    onBuckets();
  };
  const remove = async () => {
    await ask(paths.bucket(name), { method: 'DELETE' });
    goTo({ page: 'overview' });
    onBuckets();
  };
  return (
    <>
      {bucket.controllers.flush !== undefined && (
        <button type="button" onClick={() => setAsked('flush')}>
          Flush
        </button>
      )}
      <button type="button" className="danger" onClick={() => setAsked('delete')}>
        Delete
      </button>
      {asked === 'flush' && (
        <Confirm title={`Flush ${name}?`} action="Flush" onConfirm={flush} onClose={close}>
          All {count(bucket.basicStats.itemCount)} documents are lost. Design documents stay.
        </Confirm>
      )}
      {asked === 'delete' && (
        <Confirm title={`Delete ${name}?`} action="Delete bucket" onConfirm={remove} onClose={close}>
          All {count(bucket.basicStats.itemCount)} documents and all views are lost, and clients of the bucket are cut
          off.
        </Confirm>
      )}
    </>
  );
}
