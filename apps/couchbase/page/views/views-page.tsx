import { useState } from 'react';
import { BucketChoice } from '../bucket/bucket-choice.tsx';
import { NoSuchBucket } from '../bucket/no-such-bucket.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Problem } from '../parts/problem.tsx';
import { ask, type RestError } from '../rest/ask.ts';
import { paths } from '../rest/paths.ts';
import type { Bucket, DesignList } from '../rest/shapes.ts';
import { useRest } from '../rest/use-rest.ts';
import { hrefOf } from '../shell/route.ts';
import { goTo } from '../shell/use-place.ts';
import { DesignCard } from './design-card.tsx';
import { designsOf, type Design } from './designs.ts';

/** A bucket's design documents and their views. */
export function ViewsPage({ buckets, name }: { buckets: readonly Bucket[]; name: string | undefined }) {
  const bucket = name === undefined ? buckets[0] : buckets.find((one) => one.name === name);
  if (bucket === undefined) return <NoSuchBucket name={name} />;
  return (
    <>
      <PageHead title="Views" note={`Design documents of ${bucket.name}`}>
        <BucketChoice
          buckets={buckets}
          name={bucket.name}
          onChoose={(chosen) => goTo({ page: 'views', bucket: chosen })}
        />
        <a className="button primary" href={hrefOf({ page: 'new-view', bucket: bucket.name })}>
          Add view
        </a>
      </PageHead>
      <Designs bucket={bucket.name} />
    </>
  );
}

function Designs({ bucket }: { bucket: string }) {
  const { data, error, mutate } = useRest<DesignList>(paths.designs(bucket), 2000);
  const [deleted, setDeleted] = useState<Design>();
  const [failure, setFailure] = useState<RestError>();
  const publish = async ({ title, source }: Design) => {
    try {
      await ask(paths.design(bucket, title), { method: 'PUT', json: source });
      setFailure(undefined);
      await mutate();
    } catch (problem) {
      setFailure(problem as RestError);
    }
  };
  const remove = async ({ name }: Design) => {
    await ask(paths.design(bucket, name), { method: 'DELETE' });
    await mutate();
  };
  if (data === undefined) {
    return error === undefined ? <p className="note">Loading …</p> : <Problem error={error} what="Not listed." />;
  }
  return (
    <>
      <Problem error={failure} what="Not published." />
      {data.rows.length === 0 && (
        <p className="card empty">
          No design documents yet. An application makes its own, or add a view here: it is developed as{' '}
          <code>dev_NAME</code> and published when it is right.
        </p>
      )}
      {designsOf(data).map((design) => (
        <DesignCard
          key={design.name}
          bucket={bucket}
          design={design}
          onPublish={() => void publish(design)}
          onDelete={() => setDeleted(design)}
        />
      ))}
      {deleted !== undefined && (
        <Confirm
          title={`Delete ${deleted.name}?`}
          action="Delete"
          onConfirm={() => remove(deleted)}
          onClose={() => setDeleted(undefined)}
        >
          The design document and the indexes of its views are removed. Applications that query them get errors.
        </Confirm>
      )}
    </>
  );
}
