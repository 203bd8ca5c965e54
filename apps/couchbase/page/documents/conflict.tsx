import type { RestError } from '../rest/ask.ts';

/** Somebody else was quicker: what is kept is for the person to say. */
export function Conflict(props: { error: RestError; onReload: () => void; onOverwrite: () => void }) {
  return (
    <div className="notice warn" role="alert">
      <p>
        <strong>Not saved: this is not the document that you opened any more.</strong> The server says:{' '}
        {props.error.message}. Your text is still in the editor.
      </p>
      <div className="actions">
        <button type="button" onClick={props.onReload}>
          Show what is stored
        </button>
        <button type="button" className="danger" onClick={props.onOverwrite}>
          Store mine over it
        </button>
      </div>
    </div>
  );
}
