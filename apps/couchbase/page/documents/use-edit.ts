import { useState } from 'react';
import { compacted, jsonProblem } from '../parts/json-text.ts';
import type { RestError } from '../rest/ask.ts';
import { storeDocument, type Opened } from './stored.ts';
import { useLeaveWarning } from './use-leave-warning.ts';

/** A document's text while it is edited, and what can be done with it. */
export interface Edit {
  readonly text: string;
  /** Grows when the editor is to begin with `text` anew. */
  readonly version: number;
  /** Why the text is no JSON. */
  readonly problem: string | undefined;
  readonly isDirty: boolean;
  readonly canSave: boolean;
  readonly error: RestError | undefined;
  readonly type: (text: string) => void;
  /** Puts another text into the editor. */
  readonly show: (text: string) => void;
  readonly save: () => void;
  /** Stores the text over whatever is there by now. */
  readonly overwrite: () => void;
  /** Gives the text up for what is stored by now. */
  readonly showStored: () => void;
}

/** What is saved takes the place of the revision that was opened, and of no other. @param onReload reads the document again */
export function useEdit(bucket: string, opened: Opened, onReload: () => Promise<Opened | undefined>): Edit {
  const [text, setText] = useState(opened.text);
  const [version, setVersion] = useState(0);
  const [error, setError] = useState<RestError>();
  const { id, flags } = opened.meta;
  const isEditable = opened.kind === 'json';
  const problem = isEditable ? jsonProblem(text) : undefined;
  // Other blanks are no change; of what is no JSON nobody knows.
  const isDirty = problem !== undefined || (isEditable && compacted(text) !== compacted(opened.text));
  const canSave = isDirty && problem === undefined;
  useLeaveWarning(isDirty);
  const store = async (condition: Parameters<typeof storeDocument>[0]['condition']) => {
    try {
      await storeDocument({ bucket, id, text, condition });
      setError(undefined);
      await onReload();
    } catch (failure) {
      setError(failure as RestError);
    }
  };
  const show = (shown: string) => {
    setText(shown);
    setVersion(version + 1);
  };
  const showStored = async () => {
    const stored = await onReload();
    if (stored === undefined) return;
    setError(undefined);
    show(stored.text);
  };
  return {
    text,
    version,
    problem,
    isDirty,
    canSave,
    error,
    type: setText,
    show,
    save: () => {
      if (canSave) void store({ etag: opened.etag, flags });
    },
    overwrite: () => void store('whatever is there'),
    showStored: () => void showStored(),
  };
}
