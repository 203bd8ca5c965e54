import { useState, type ReactNode } from 'react';
import type { RestError } from '../rest/ask.ts';
import { Dialog } from './dialog.tsx';
import { Problem } from './problem.tsx';

/** Asks before something is lost. @param onConfirm does it; the dialog closes by itself when it went well */
export function Confirm(props: {
  title: string;
  action: string;
  children: ReactNode;
  onConfirm: () => Promise<void>;
  onClose: () => void;
}) {
  const { title, action, children, onConfirm, onClose } = props;
  const [error, setError] = useState<RestError>();
  const [isBusy, setBusy] = useState(false);
  const confirm = async () => {
    setBusy(true);
    try {
      await onConfirm();
      onClose();
    } catch (problem) {
      setError(problem as RestError);
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{children}</p>
      <Problem error={error} what="Not done." />
      <div className="actions end">
        <button type="button" onClick={onClose} autoFocus>
          Cancel
        </button>
        <button type="button" className="danger" disabled={isBusy} onClick={() => void confirm()}>
          {action}
        </button>
      </div>
    </Dialog>
  );
}
