import type { Bucket } from '../rest/shapes.ts';

/** Goes to the same page of another bucket. */
export function BucketChoice(props: { buckets: readonly Bucket[]; name: string; onChoose: (name: string) => void }) {
  const { buckets, name, onChoose } = props;
  return (
    <label className="choice">
      <span>Bucket</span>
      <select value={name} onChange={(event) => onChoose(event.target.value)}>
        {buckets.map((bucket) => (
          <option key={bucket.name}>{bucket.name}</option>
        ))}
      </select>
    </label>
  );
}
