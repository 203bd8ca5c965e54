import { useState, type SubmitEvent } from 'react';
import { ask, type RestError } from '../rest/ask.ts';
import { Field } from '../parts/field.tsx';
import { Problem } from '../parts/problem.tsx';
import { Door } from './door.tsx';

const fields = [
  { name: 'username', label: 'Administrator', type: 'text', autoComplete: 'username', standard: 'Administrator' },
  { name: 'password', label: 'Password', type: 'password', autoComplete: 'new-password', standard: '' },
  { name: 'memoryQuota', label: 'Memory quota, MiB', type: 'number', autoComplete: 'off', standard: '500' },
] as const;

/** A node that nobody has set up: its first form, and the command that does the same. */
export function SetUp({ onDone }: { onDone: () => void }) {
  const [values, setValues] = useState<Readonly<Record<string, string>>>(
    Object.fromEntries(fields.map(({ name, standard }) => [name, standard])),
  );
  const [error, setError] = useState<RestError>();
  const setUp = async () => {
    try {
      await ask('/clusterInit', { method: 'POST', form: { ...values, services: 'kv,index,n1ql', port: 'SAME' } });
      onDone();
    } catch (problem) {
      setError(problem as RestError);
    }
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void setUp();
  };
  const isElsewhere = error !== undefined && Object.keys(error.problems).every((name) => !(name in values));
  return (
    <Door title="This node is not set up">
      <form onSubmit={submit}>
        {fields.map(({ name, label, type, autoComplete }) => (
          <Field key={name} label={label} problem={error?.problems[name]}>
            {(ids) => (
              <input
                {...ids}
                name={name}
                type={type}
                autoComplete={autoComplete}
                required
                value={values[name]}
                onChange={(event) => setValues({ ...values, [name]: event.target.value })}
              />
            )}
          </Field>
        ))}
        <Problem error={isElsewhere ? error : undefined} what="Not set up." />
        <button type="submit" className="primary wide">
          Set up
        </button>
      </form>
      <p className="hint">
        Or by <code>couchbase-cli cluster-init</code>, as the chapter&rsquo;s unit does: this page notices.
      </p>
    </Door>
  );
}
