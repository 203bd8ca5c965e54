import { useEffect, useState } from 'react';
import type { GuideCheck, GuideNow } from '../server/protocol.ts';
import { ask } from './parts/ask.ts';
import { Panel } from './parts/panel.tsx';
import type { Link } from './parts/use-story.ts';

/** Where the reader is in the guide, and whether the lab is where the step wants it. */
export function Guide({ guide, link }: { readonly guide: GuideNow; readonly link: Link | undefined }) {
  const [checked, setChecked] = useState<GuideCheck>();
  const [error, setError] = useState<string>();
  const [asking, setAsking] = useState(false);
  // What was found of another step is nothing of this one.
  useEffect(() => {
    setChecked(undefined);
    setError(undefined);
  }, [guide.guide, guide.number]);
  const check = async (): Promise<void> => {
    setAsking(true);
    const answer = await ask(link, 'checkStep', {});
    setAsking(false);
    setChecked(answer.ok ? answer.value : undefined);
    setError(answer.ok ? undefined : answer.error);
  };
  const holds = checked?.every(({ missing }) => missing === null) ?? guide.done;
  return (
    <Panel title={guide.guide} note={`step ${guide.number} of ${guide.of}`} className="guide">
      <h3>
        {guide.title} {holds && <span className="badge ok">done</span>}
      </h3>
      <p>{guide.goal}</p>
      {guide.type.length > 0 && (
        <pre tabIndex={0} aria-label="What to type">
          {guide.type.join('\n')}
        </pre>
      )}
      <button type="button" disabled={asking || link === undefined} onClick={() => void check()}>
        {asking ? 'Looking …' : 'Check this step'}
      </button>
      <ul aria-live="polite" className="checked">
        {checked?.map(({ text, missing }) => (
          <li key={text} className={missing === null ? 'good' : 'bad'}>
            <span aria-hidden="true">{missing === null ? '✓' : '✗'}</span> {text}
            {missing !== null && <small> {missing}</small>}
          </li>
        ))}
      </ul>
      {error !== undefined && <p role="alert">{error}</p>}
    </Panel>
  );
}
