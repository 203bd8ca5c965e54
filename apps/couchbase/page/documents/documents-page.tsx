import { useState } from 'react';
import { BucketChoice } from '../bucket/bucket-choice.tsx';
import { NoSuchBucket } from '../bucket/no-such-bucket.tsx';
import { counted } from '../parts/format.ts';
import { PageHead } from '../parts/page-head.tsx';
import type { Bucket } from '../rest/shapes.ts';
import { hrefOf } from '../shell/route.ts';
import { goTo } from '../shell/use-place.ts';
import { DocumentTable } from './document-table.tsx';
import { useLater } from './use-later.ts';

/** Time without a key pressed after which a search begins, ms. */
const searchAfterMs = 300;

/** Up to so many documents the list is looked at anew by itself: to sort more takes the server some of its time. */
const liveUpTo = 10_000;

/** A bucket's documents: page by page in the order of their IDs, or those in which a text is found. */
export function DocumentsPage({ buckets, name }: { buckets: readonly Bucket[]; name: string | undefined }) {
  const bucket = name === undefined ? buckets[0] : buckets.find((one) => one.name === name);
  const [typed, setTyped] = useState('');
  const text = useLater(typed.trim(), searchAfterMs);
  if (bucket === undefined) return <NoSuchBucket name={name} />;
  const { itemCount } = bucket.basicStats;
  return (
    <>
      <PageHead title="Documents" note={`${counted(itemCount, 'document')} in ${bucket.name}`}>
        <BucketChoice
          buckets={buckets}
          name={bucket.name}
          onChoose={(chosen) => goTo({ page: 'documents', bucket: chosen })}
        />
        <a className="button primary" href={hrefOf({ page: 'new-document', bucket: bucket.name })}>
          Add document
        </a>
      </PageHead>
      <form role="search" className="search" onSubmit={(event) => event.preventDefault()}>
        <label htmlFor="document-search" className="visually-hidden">
          Search IDs and contents
        </label>
        <input
          id="document-search"
          type="search"
          placeholder="Search IDs and contents"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </form>
      <DocumentTable
        key={`${bucket.name}\n${text}`}
        bucket={bucket.name}
        text={text}
        refreshMs={text === '' && itemCount <= liveUpTo ? 2000 : 0}
      />
    </>
  );
}
