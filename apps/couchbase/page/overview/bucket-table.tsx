import { bytes, count } from '../parts/format.ts';
import { Meter } from '../parts/meter.tsx';
import type { Bucket } from '../rest/shapes.ts';
import { hrefOf } from '../shell/route.ts';

/** The buckets, one a line; on a narrow screen one a card. */
export function BucketTable({ buckets }: { buckets: readonly Bucket[] }) {
  if (buckets.length === 0) {
    return (
      <p className="card empty">
        No buckets yet. <code>couchbase-cli bucket-create</code> makes one, too.
      </p>
    );
  }
  return (
    <section className="card">
      <h2>Buckets</h2>
      <table className="stacked">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col" className="number">
              Items
            </th>
            <th scope="col" className="number">
              Operations/s
            </th>
            <th scope="col">Memory</th>
            <th scope="col">Status</th>
            <th scope="col">
              <span className="visually-hidden">Go to</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {buckets.map((bucket) => (
            <Row key={bucket.name} bucket={bucket} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ bucket }: { bucket: Bucket }) {
  const { name, basicStats, quota } = bucket;
  const status = bucket.nodes[0]?.status ?? 'unknown';
  return (
    <tr data-bucket={name}>
      <th scope="row">
        <a href={hrefOf({ page: 'bucket', bucket: name })}>{name}</a>
      </th>
      <td className="number" data-label="Items">
        {count(basicStats.itemCount)}
      </td>
      <td className="number" data-label="Operations/s">
        {count(basicStats.opsPerSec)}
      </td>
      <td data-label="Memory">
        <span className="memory">
          {bytes(basicStats.memUsed)} of {bytes(quota.ram)}
          <Meter label={`Memory used by ${name}`} used={basicStats.memUsed} of={quota.ram} />
        </span>
      </td>
      <td data-label="Status">
        <span className={`pill ${status}`}>{status}</span>
      </td>
      <td>
        <span className="links">
          <a href={hrefOf({ page: 'documents', bucket: name })} aria-label={`Documents of ${name}`}>
            Documents
          </a>
          <a href={hrefOf({ page: 'views', bucket: name })} aria-label={`Views of ${name}`}>
            Views
          </a>
        </span>
      </td>
    </tr>
  );
}
