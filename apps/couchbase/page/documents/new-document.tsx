import { useState, type SubmitEvent } from 'react';
import { CodeEditor } from '../editor/code-editor.tsx';
import { Field } from '../parts/field.tsx';
import { jsonProblem } from '../parts/json-text.ts';
import { PageHead } from '../parts/page-head.tsx';
import { Problem } from '../parts/problem.tsx';
import type { RestError } from '../rest/ask.ts';
import { hrefOf } from '../shell/route.ts';
import { goTo } from '../shell/use-place.ts';
import { storeDocument } from './stored.ts';

const beginning = '{\n  \n}';

/** A document that is not there yet. One that is there is never overwritten from here. */
export function NewDocument({ bucket }: { bucket: string }) {
  const [id, setId] = useState('');
  const [text, setText] = useState(beginning);
  const [error, setError] = useState<RestError>();
  const problem = jsonProblem(text);
  const add = async () => {
    if (id === '' || problem !== undefined) return;
    try {
      await storeDocument({ bucket, id, text, condition: 'new' });
      goTo({ page: 'document', bucket, key: id }, 'replace');
    } catch (failure) {
      setError(failure as RestError);
    }
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void add();
  };
  const isTaken = error?.status === 412;
  return (
    <>
      <PageHead title="Add document" note={<a href={hrefOf({ page: 'documents', bucket })}>Documents of {bucket}</a>} />
      <form className="card" onSubmit={submit}>
        <Field
          label="ID"
          hint="At most 250 bytes"
          problem={isTaken ? 'There is a document with this ID already.' : undefined}
        >
          {(ids) => <input {...ids} required value={id} onChange={(event) => setId(event.target.value)} />}
        </Field>
        <CodeEditor
          text={beginning}
          language="json"
          label="Content of the new document"
          onChange={setText}
          onSave={() => void add()}
        />
        <p className="editor-state" role="status">
          {problem === undefined ? '' : `No JSON: ${problem}`}
        </p>
        <Problem error={isTaken ? undefined : error} what="Not added." />
        <div className="actions">
          <button type="submit" className="primary" disabled={problem !== undefined}>
            Add document
          </button>
        </div>
      </form>
    </>
  );
}
