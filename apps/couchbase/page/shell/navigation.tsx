import type { Bucket } from '../rest/shapes.ts';
import { hrefOf, type Place } from './route.ts';
import { usePlace } from './use-place.ts';

/** The console's pages; those of a bucket stay with the bucket one is at. */
export function Navigation({ buckets }: { buckets: readonly Bucket[] }) {
  const place = usePlace();
  const named = 'bucket' in place ? place.bucket : undefined;
  const bucket = named ?? buckets[0]?.name;
  const items: readonly { label: string; to: Place; at: readonly Place['page'][]; icon: string }[] = [
    { label: 'Overview', to: { page: 'overview' }, at: ['overview', 'bucket'], icon: 'M3 13h4l3-8 4 14 3-6h4' },
    {
      label: 'Documents',
      to: { page: 'documents', bucket },
      at: ['documents', 'document', 'new-document'],
      icon: 'M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6',
    },
    {
      label: 'Views',
      to: { page: 'views', bucket },
      at: ['views', 'view', 'new-view'],
      icon: 'M4 6h16M7 12h10M10 18h4',
    },
    {
      label: 'Users',
      to: { page: 'users' },
      at: ['users'],
      icon: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4 21c0-4 4-6 8-6s8 2 8 6',
    },
  ];
  return (
    <nav aria-label="Console">
      <ul>
        {items.map(({ label, to, at, icon }) => (
          <li key={label}>
            <a href={hrefOf(to)} aria-current={at.includes(place.page) ? 'page' : undefined}>
              <svg viewBox="0 0 24 24" aria-hidden="true">
                <path d={icon} />
              </svg>
              {label}
            </a>
          </li>
        ))}
      </ul>
      <p className="disclaimer">Not Couchbase Server: an embedded node that speaks its protocols.</p>
    </nav>
  );
}
