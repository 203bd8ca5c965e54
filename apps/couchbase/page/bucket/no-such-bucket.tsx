import { PageHead } from '../parts/page-head.tsx';
import { hrefOf } from '../shell/route.ts';

/** For addresses of a bucket that is not there, or not any more. */
export function NoSuchBucket({ name }: { name: string | undefined }) {
  return (
    <>
      <PageHead title={name === undefined ? 'No buckets yet' : 'No such bucket'} />
      <p className="card empty">
        {name === undefined ? 'There is no bucket to look into. ' : `There is no bucket named ${name}. `}
        <a href={hrefOf({ page: 'overview' })}>To the overview</a>
      </p>
    </>
  );
}
