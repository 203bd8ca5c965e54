import type { Moment } from '../moment/moment.ts';
import { Panel } from './parts/panel.tsx';
import { useClock } from './parts/words.ts';

/** What happened until then, newest first; each leads to its moment. */
export function Events({ events, onMove }: Pick<Moment, 'events'> & { readonly onMove: (at: number) => void }) {
  const clock = useClock();
  return (
    <Panel title="Events" note="press one to go there">
      {events.length === 0 ? (
        <p className="none">Nothing has happened since this page's story began.</p>
      ) : (
        <ol className="events scrolls" aria-label="Events, newest first">
          {events.map(({ atMs, text, tone }, index) => (
            <li key={events.length - index} className={tone}>
              <button type="button" onClick={() => onMove(atMs)}>
                <time>{clock(atMs)}</time>
                <span>{text}</span>
              </button>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}
