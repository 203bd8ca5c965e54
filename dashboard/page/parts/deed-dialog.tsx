import { useEffect, useId, useRef, useState } from 'react';
import type { MachineNow } from '../../moment/moment.ts';
import type { DeedKind } from '../../server/protocol.ts';
import { ask } from './ask.ts';
import type { Link } from './use-story.ts';

/** The deeds that make sense on a machine as it is, with their names. Pure. */
function deedsFor({ state }: MachineNow): readonly (readonly [kind: DeedKind, name: string])[] {
  if (state === 'paused' || state === 'cut off the network') return [['resume', 'Give back'], cut];
  if (state === 'stopped' || state === 'absent' || state === 'halted' || state === 'cut off power')
    return [['up', 'Bring up']];
  return [['halt', 'Halt'], cut, ['pause', 'Pause'], ['partition', 'Cut off the network']];
}
const cut = ['cut', 'Pull the cord'] as const;

/** What can be done to a machine, what to expect of it, and the question whether to do it. */
export function DeedDialog(props: { readonly machine: MachineNow; readonly link: Link; readonly onClose: () => void }) {
  const { machine, link, onClose } = props;
  const { name } = machine;
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  const [kind, setKind] = useState<DeedKind>();
  const [expected, setExpected] = useState<readonly string[]>();
  const [error, setError] = useState<string>();
  const [doing, setDoing] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const choose = async (chosen: DeedKind): Promise<void> => {
    setKind(chosen);
    setExpected(undefined);
    setError(undefined);
    const answer = await ask(link, 'expect', { machine: name, kind: chosen });
    if (answer.ok) setExpected(answer.value);
    else setError(answer.error);
  };
  const perform = async (chosen: DeedKind): Promise<void> => {
    setDoing(true);
    const answer = await ask(link, 'do', { machine: name, kind: chosen });
    setDoing(false);
    if (answer.ok) dialog.current?.close();
    else setError(answer.error);
  };
  return (
    <dialog ref={dialog} aria-labelledby={title} onClose={onClose}>
      <h2 id={title}>
        {name} <small>is {machine.state}</small>
      </h2>
      <div className="deeds" role="group" aria-label="What to do to it">
        {deedsFor(machine).map(([one, words]) => (
          <button key={one} type="button" aria-pressed={kind === one} disabled={doing} onClick={() => void choose(one)}>
            {words}
          </button>
        ))}
      </div>
      <div aria-live="polite">
        {kind !== undefined && expected === undefined && error === undefined && <p>Asking what to expect …</p>}
        {expected !== undefined && <Expected lines={expected} />}
        {doing && <p>Being done …</p>}
      </div>
      {error !== undefined && (
        <p className="trouble" role="alert">
          {error}
        </p>
      )}
      <div className="answers">
        <button type="button" onClick={() => dialog.current?.close()}>
          {doing ? 'Close' : 'Leave it as it is'}
        </button>
        {kind !== undefined && expected !== undefined && (
          <button type="button" className="do" disabled={doing} onClick={() => void perform(kind)}>
            {wordsOf(machine, kind)}
          </button>
        )}
      </div>
    </dialog>
  );
}

function Expected({ lines }: { readonly lines: readonly string[] }) {
  return (
    <>
      <h3>What to expect</h3>
      <ul className="expected">
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </>
  );
}

function wordsOf(machine: MachineNow, kind: DeedKind): string {
  const name = deedsFor(machine).find(([one]) => one === kind)?.[1] ?? kind;
  return `${name}: ${machine.name}`;
}
