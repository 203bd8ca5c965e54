import { useCallback, useEffect, useState } from 'react';
import { PageHead } from '../parts/page-head.tsx';
import { Problem } from '../parts/problem.tsx';
import type { RestError } from '../rest/ask.ts';
import { hrefOf } from '../shell/route.ts';
import { DocumentEditor } from './document-editor.tsx';
import { openDocument, type Opened } from './stored.ts';

/** One document, to be read, edited and deleted. */
export function DocumentPage({ bucket, id }: { bucket: string; id: string }) {
  const [opened, setOpened] = useState<Opened>();
  const [error, setError] = useState<RestError>();
  const open = useCallback(async () => {
    try {
      const found = await openDocument(bucket, id);
      setOpened(found);
      setError(undefined);
      return found;
    } catch (problem) {
      setError(problem as RestError);
      return undefined;
    }
  }, [bucket, id]);
  useEffect(() => void open(), [open]);
  const back = <a href={hrefOf({ page: 'documents', bucket })}>Documents of {bucket}</a>;
  if (opened !== undefined) {
    return (
      <>
        <PageHead title={id} note={back} />
        <Problem error={error} what="Not loaded anew." />
        <DocumentEditor bucket={bucket} opened={opened} onReload={open} />
      </>
    );
  }
  return (
    <>
      <PageHead title={id} note={back} />
      {error?.status === 404 && <p className="card empty">There is no document with this ID.</p>}
      {error?.status !== 404 && <Problem error={error} what="Not loaded." />}
    </>
  );
}
