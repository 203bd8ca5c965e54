import { useState, type SubmitEvent } from 'react';
import { Field } from '../parts/field.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Problem } from '../parts/problem.tsx';
import { ask, RestError } from '../rest/ask.ts';
import { paths } from '../rest/paths.ts';
import type { DesignSource, ViewSource } from '../rest/shapes.ts';
import { hrefOf } from '../shell/route.ts';
import { goTo } from '../shell/use-place.ts';
import { developmentName, withView } from './designs.ts';
import { Functions } from './functions.tsx';

const beginning: ViewSource = { map: 'function (doc, meta) {\n  emit(meta.id, null);\n}' };

/** A view in a design document that is developed; the design document is made with its first view. */
export function NewView({ bucket }: { bucket: string }) {
  const [title, setTitle] = useState('');
  const [name, setName] = useState('');
  const [view, setView] = useState(beginning);
  const [error, setError] = useState<RestError>();
  const add = async () => {
    const design = developmentName(title);
    try {
      const present = await designAt(bucket, design);
      if (present?.views?.[name] !== undefined) throw new RestError(412, `${design} has a view ${name} already.`);
      await ask(paths.design(bucket, design), { method: 'PUT', json: withView(present, name, view) });
      goTo({ page: 'view', bucket, design, view: name }, 'replace');
    } catch (problem) {
      setError(problem as RestError);
    }
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void add();
  };
  return (
    <>
      <PageHead title="Add view" note={<a href={hrefOf({ page: 'views', bucket })}>Views of {bucket}</a>} />
      <form className="card" onSubmit={submit}>
        <div className="halves">
          <Field label="Design document" hint="Without dev_, which it has until it is published">
            {(ids) => (
              <input
                {...ids}
                required
                pattern="[^/]+"
                value={title}
                onChange={(event) => setTitle(event.target.value)}
              />
            )}
          </Field>
          <Field label="View">
            {(ids) => <input {...ids} required value={name} onChange={(event) => setName(event.target.value)} />}
          </Field>
        </div>
        <Functions view={view} onChange={setView} />
        <Problem error={error} what="Not added." />
        <div className="actions">
          <button type="submit" className="primary">
            Add view
          </button>
        </div>
      </form>
    </>
  );
}

async function designAt(bucket: string, design: string): Promise<DesignSource | undefined> {
  try {
    return await ask<DesignSource>(paths.design(bucket, design));
  } catch (error) {
    if (error instanceof RestError && error.status === 404) return undefined;
    throw error;
  }
}
