import { useState } from 'react';
import { Confirm } from '../parts/confirm.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Problem } from '../parts/problem.tsx';
import { ask } from '../rest/ask.ts';
import { paths } from '../rest/paths.ts';
import type { DesignSource } from '../rest/shapes.ts';
import { useRest } from '../rest/use-rest.ts';
import { hrefOf, type Place } from '../shell/route.ts';
import { goTo } from '../shell/use-place.ts';
import { designsOf, withoutView } from './designs.ts';
import { ViewEditor } from './view-editor.tsx';
import { ViewResults } from './view-results.tsx';

/** One view: its functions above, its rows below. In production it is read only, as its applications use it. */
export function ViewPage({ place }: { place: Extract<Place, { page: 'view' }> }) {
  const { bucket, design: designName, view: viewName } = place;
  const [isDeleting, setDeleting] = useState(false);
  const { data, error, mutate } = useRest<DesignSource>(paths.design(bucket, designName));
  const view = data?.views?.[viewName];
  const back = <a href={hrefOf({ page: 'views', bucket })}>Views of {bucket}</a>;
  if (data === undefined || view === undefined) {
    const isMissing = error?.status === 404 || data !== undefined;
    return (
      <>
        <PageHead title={viewName} note={back} />
        {isMissing && <p className="card empty">There is no such view.</p>}
        {!isMissing && <Problem error={error} what="Not loaded." />}
      </>
    );
  }
  const [design] = designsOf({ rows: [{ doc: { meta: { id: `_design/${designName}`, rev: '' }, json: data } }] });
  const save = async (source: DesignSource) => {
    await ask(paths.design(bucket, designName), { method: 'PUT', json: source });
    await mutate(source, { revalidate: true });
  };
  const remove = async () => {
    await save(withoutView(data, viewName));
    goTo({ page: 'views', bucket }, 'replace');
  };
  return (
    <>
      <PageHead title={`${designName}/${viewName}`} note={back}>
        {design?.isDevelopment === true && (
          <button type="button" className="danger" onClick={() => setDeleting(true)}>
            Delete view
          </button>
        )}
      </PageHead>
      <ViewEditor
        bucket={bucket}
        name={viewName}
        design={{ title: design?.title ?? designName, isDevelopment: design?.isDevelopment ?? false, source: data }}
        view={view}
        onSave={save}
      />
      <ViewResults bucket={bucket} design={designName} view={viewName} source={view} />
      {isDeleting && (
        <Confirm title={`Delete ${viewName}?`} action="Delete" onConfirm={remove} onClose={() => setDeleting(false)}>
          The view and its index are removed from {designName}.
        </Confirm>
      )}
    </>
  );
}
