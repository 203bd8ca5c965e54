import { useState } from 'react';
import { Problem } from '../parts/problem.tsx';
import { ask, type RestError } from '../rest/ask.ts';
import { paths } from '../rest/paths.ts';
import type { DesignSource, ViewSource } from '../rest/shapes.ts';
import { goTo } from '../shell/use-place.ts';
import { developmentName, withView, type Design } from './designs.ts';
import { Functions } from './functions.tsx';

/** A view's functions: to be changed while it is developed, else to be copied for that. */
export function ViewEditor(props: {
  bucket: string;
  name: string;
  design: Pick<Design, 'title' | 'isDevelopment' | 'source'>;
  view: ViewSource;
  onSave: (source: DesignSource) => Promise<void>;
}) {
  const { bucket, name, design, view, onSave } = props;
  const [edited, setEdited] = useState(view);
  const [error, setError] = useState<RestError>();
  const isDirty = edited.map !== view.map || (edited.reduce ?? '') !== (view.reduce ?? '');
  const attempt = async (work: () => Promise<void>) => {
    try {
      await work();
      setError(undefined);
    } catch (problem) {
      setError(problem as RestError);
    }
  };
  const copy = async () => {
    const copied = developmentName(design.title);
    await ask(paths.design(bucket, copied), { method: 'PUT', json: design.source });
    goTo({ page: 'view', bucket, design: copied, view: name });
  };
  return (
    <section className="card">
      <div className="card-head">
        <h2>Functions</h2>
        <span className={`pill ${design.isDevelopment ? 'development' : 'production'}`}>
          {design.isDevelopment ? 'Development' : 'Production'}
        </span>
      </div>
      <Problem error={error} what="Not saved." />
      {design.isDevelopment ? (
        <>
          <Functions view={edited} onChange={setEdited} />
          <div className="actions">
            <button
              type="button"
              className="primary"
              disabled={!isDirty}
              onClick={() => void attempt(() => onSave(withView(design.source, name, edited)))}
            >
              Save
            </button>
            <p className="editor-state" role="status">
              {isDirty ? 'Changed, not saved yet' : 'As stored'}
            </p>
          </div>
        </>
      ) : (
        <>
          <Functions view={view} />
          <div className="actions">
            <button type="button" onClick={() => void attempt(copy)}>
              Copy to development
            </button>
            <p className="editor-state">Applications use this one: it is changed by publishing another.</p>
          </div>
        </>
      )}
    </section>
  );
}
