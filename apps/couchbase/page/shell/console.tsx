import { useRest } from '../rest/use-rest.ts';
import { paths } from '../rest/paths.ts';
import type { Bucket, Pool, Pools } from '../rest/shapes.ts';
import { BucketPage } from '../bucket/bucket-page.tsx';
import { DocumentPage } from '../documents/document-page.tsx';
import { DocumentsPage } from '../documents/documents-page.tsx';
import { NewDocument } from '../documents/new-document.tsx';
import { Overview } from '../overview/overview.tsx';
import { UsersPage } from '../users/users-page.tsx';
import { NewView } from '../views/new-view.tsx';
import { ViewPage } from '../views/view-page.tsx';
import { ViewsPage } from '../views/views-page.tsx';
import { Header } from './header.tsx';
import { Navigation } from './navigation.tsx';
import { usePlace } from './use-place.ts';

/** What is behind the sign-in: header, navigation and the page that the address names. Buckets are asked for once a second. */
export function Console(props: { server: Pools; pool: Pool; isLost: boolean; onSignOut: () => void }) {
  const { server, pool, isLost, onSignOut } = props;
  const buckets = useRest<readonly Bucket[]>(paths.buckets, 1000);
  return (
    <>
      <a className="skip" href="#content" onClick={skipTo}>
        Skip to content
      </a>
      <Header server={server} pool={pool} isLost={isLost} onSignOut={onSignOut} />
      {isLost && (
        <p className="lost" role="status">
          The server does not answer; trying again every second. What is shown is from before.
        </p>
      )}
      <div className="shell">
        <Navigation buckets={buckets.data ?? []} />
        <main id="content" tabIndex={-1}>
          {buckets.data === undefined ? (
            <p className="note">Loading …</p>
          ) : (
            <Page buckets={buckets.data} pool={pool} onBuckets={() => void buckets.mutate()} />
          )}
        </main>
      </div>
    </>
  );
}

// The address names places, so that a skip link must not change it.
function skipTo(event: { preventDefault: () => void }): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}

function Page({ buckets, pool, onBuckets }: { buckets: readonly Bucket[]; pool: Pool; onBuckets: () => void }) {
  const place = usePlace();
  switch (place.page) {
    case 'overview':
      return <Overview buckets={buckets} pool={pool} onBuckets={onBuckets} />;
    case 'users':
      return <UsersPage />;
    case 'documents':
      return <DocumentsPage key={place.bucket} buckets={buckets} name={place.bucket} />;
    case 'views':
      return <ViewsPage key={place.bucket} buckets={buckets} name={place.bucket} />;
    case 'bucket':
      return <BucketPage key={place.bucket} buckets={buckets} name={place.bucket} onBuckets={onBuckets} />;
    case 'document':
      return <DocumentPage key={`${place.bucket}/${place.key}`} bucket={place.bucket} id={place.key} />;
    case 'new-document':
      return <NewDocument key={place.bucket} bucket={place.bucket} />;
    case 'new-view':
      return <NewView key={place.bucket} bucket={place.bucket} />;
    case 'view':
      return <ViewPage key={`${place.bucket}/${place.design}/${place.view}`} place={place} />;
  }
}
