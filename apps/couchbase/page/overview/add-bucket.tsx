import { useState, type SubmitEvent } from 'react';
import { ask, type RestError } from '../rest/ask.ts';
import { paths } from '../rest/paths.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Field } from '../parts/field.tsx';
import { Problem } from '../parts/problem.tsx';

/** Asks for a new bucket's settings and makes it. */
export function AddBucket({ onClose, onAdded }: { onClose: () => void; onAdded: () => void }) {
  const [name, setName] = useState('');
  const [quota, setQuota] = useState('100');
  const [type, setType] = useState('membase');
  const [isFlushable, setFlushable] = useState(false);
  const [error, setError] = useState<RestError>();
  const add = async () => {
    const form = {
      name,
      ramQuotaMB: quota,
      bucketType: type,
      replicaNumber: '0',
      flushEnabled: isFlushable ? '1' : '0',
    };
    try {
      await ask(paths.buckets, { method: 'POST', form });
      onAdded();
    } catch (problem) {
      setError(problem as RestError);
    }
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void add();
  };
  const problems = error?.problems ?? {};
  const isElsewhere = error !== undefined && problems['name'] === undefined && problems['ramQuota'] === undefined;
  return (
    <Dialog title="Add bucket" onClose={onClose}>
      <form onSubmit={submit}>
        <Field label="Name" problem={problems['name']}>
          {(ids) => <input {...ids} required value={name} onChange={(event) => setName(event.target.value)} />}
        </Field>
        <Field label="Memory quota, MiB" hint="100 or more" problem={problems['ramQuota']}>
          {(ids) => (
            <input
              {...ids}
              type="number"
              min={100}
              required
              value={quota}
              onChange={(event) => setQuota(event.target.value)}
            />
          )}
        </Field>
        <Field label="Type">
          {(ids) => (
            <select {...ids} value={type} onChange={(event) => setType(event.target.value)}>
              <option value="membase">Couchbase</option>
              <option value="ephemeral">Ephemeral</option>
            </select>
          )}
        </Field>
        <label className="check">
          <input type="checkbox" checked={isFlushable} onChange={(event) => setFlushable(event.target.checked)} />
          May be flushed
        </label>
        <Problem error={isElsewhere ? error : undefined} what="Not added." />
        <div className="actions end">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="primary">
            Add bucket
          </button>
        </div>
      </form>
    </Dialog>
  );
}
