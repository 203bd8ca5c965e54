import type { Moment, PageNow } from '../moment/moment.ts';
import { Panel } from './parts/panel.tsx';
import { age } from './parts/words.ts';

/** The web page tells its rows every five seconds; three times that without a message is no fresh page. */
const staleMs = 15_000;

/** The web page as its visitors have it: a beat for each message. */
export function Heartbeat({ moment }: { readonly moment: Moment }) {
  const { pages, atMs } = moment;
  return (
    <Panel title="The page's heartbeat" note="a message every 5 s">
      {pages.length === 0 ? (
        <p className="none">No web unit has a visitor.</p>
      ) : (
        <ul className="pages">
          {pages.map((page) => (
            <li key={page.machine} className={toneOf(page, atMs)}>
              {/* Keyed by its beats, it beats anew with each. */}
              <span key={page.beats} className="heart" aria-hidden="true">
                ♥
              </span>
              <span className="name">{page.machine}</span>
              <span className="words">{words(page, atMs)}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function toneOf({ connected, lastMs }: PageNow, atMs: number): string {
  if (!connected) return 'away';
  return lastMs === undefined || atMs - lastMs > staleMs ? 'stale' : 'fresh';
}

function words({ connected, lastMs, rows }: PageNow, atMs: number): string {
  const last = lastMs === undefined ? 'no message yet' : `${rows} rows ${age(atMs - lastMs)} ago`;
  return connected ? last : `not connected; ${last}`;
}
