import { useState } from 'react';
import { CodeEditor } from '../editor/code-editor.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { indented } from '../parts/json-text.ts';
import { Problem } from '../parts/problem.tsx';
import { goTo } from '../shell/use-place.ts';
import { Conflict } from './conflict.tsx';
import { DocumentFacts } from './document-facts.tsx';
import { deleteDocument, type Opened } from './stored.ts';
import { useEdit, type Edit } from './use-edit.ts';

const readOnlyBecause = {
  binary: 'This value is no JSON: its bytes are shown as base64, and cannot be edited here.',
  large: 'This document is too large to edit here: its beginning is shown.',
};

/** A document in an editor. @param props.onReload reads it again */
export function DocumentEditor(props: { bucket: string; opened: Opened; onReload: () => Promise<Opened | undefined> }) {
  const { bucket, opened, onReload } = props;
  const { id } = opened.meta;
  const edit = useEdit(bucket, opened, onReload);
  const [isDeleting, setDeleting] = useState(false);
  const remove = async () => {
    await deleteDocument(bucket, id, opened.etag);
    goTo({ page: 'documents', bucket }, 'replace');
  };
  return (
    <section className="card">
      <DocumentFacts opened={opened} />
      {opened.kind !== 'json' && <p className="notice">{readOnlyBecause[opened.kind]}</p>}
      {edit.error?.status === 412 ? (
        <Conflict error={edit.error} onReload={edit.showStored} onOverwrite={edit.overwrite} />
      ) : (
        <Problem error={edit.error} what="Not saved." />
      )}
      <CodeEditor
        key={edit.version}
        text={edit.text}
        language="json"
        label={`Content of ${id}`}
        isReadOnly={opened.kind !== 'json'}
        onChange={edit.type}
        onSave={edit.save}
      />
      <p className="editor-state" role="status">
        {stateOf(edit)}
      </p>
      <div className="actions">
        <button type="button" className="primary" disabled={!edit.canSave} onClick={edit.save}>
          Save
        </button>
        <button type="button" disabled={!edit.isDirty} onClick={() => edit.show(opened.text)}>
          Undo changes
        </button>
        <button
          type="button"
          disabled={edit.problem !== undefined || opened.kind !== 'json'}
          onClick={() => edit.show(indented(edit.text))}
        >
          Format
        </button>
        <button type="button" className="danger far" onClick={() => setDeleting(true)}>
          Delete
        </button>
      </div>
      {isDeleting && (
        <Confirm title="Delete this document?" action="Delete" onConfirm={remove} onClose={() => setDeleting(false)}>
          <code>{id}</code> is removed from {bucket}.
        </Confirm>
      )}
    </section>
  );
}

function stateOf({ problem, isDirty }: Edit): string {
  if (problem !== undefined) return `No JSON: ${problem}`;
  return isDirty ? 'Changed, not saved yet' : 'As stored';
}
