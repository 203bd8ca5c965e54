import { useEffect, useState } from 'react';
import { momentAt, spanOf } from '../moment/story.ts';
import { Decisions } from './decisions.tsx';
import { Events } from './events.tsx';
import { Figure } from './figure/figure.tsx';
import { Guide } from './guide.tsx';
import { Head } from './head.tsx';
import { Heartbeat } from './heartbeat.tsx';
import { Keys } from './keys.tsx';
import { Leases } from './leases.tsx';
import { Scenarios } from './scenarios.tsx';
import { TimeBar } from './time/time-bar.tsx';
import { useNow } from './use-time.ts';
import { type Heard, type Link, useStory } from './parts/use-story.ts';
import { ClockContext } from './parts/words.ts';

/** The whole page: a story, the moment of it that is looked at, and a panel for each part of that moment. */
export function App() {
  const { heard, link } = useStory();
  const { hello } = heard;
  const [at, setAt] = useState<number>();
  useEffect(() => {
    if (hello === undefined) return;
    document.title = `${hello.title} · lab dashboard`;
    // Of a run the moment that all of it is about: its first fault.
    setAt(
      hello.mode === 'live' ? undefined : (hello.story.seen.find(({ type }) => type === 'fault')?.atMs ?? Infinity),
    );
  }, [hello]);
  if (hello === undefined) {
    return (
      <main className="waiting">
        <h1>lab dashboard</h1>
        <p role="status">
          {heard.failures === 0 ? 'Connecting …' : 'Not reached. It ends with the command lab dashboard.'}
        </p>
      </main>
    );
  }
  const clock = { live: hello.mode === 'live', beganWallMs: hello.beganWallMs };
  return (
    <ClockContext value={clock}>
      <Looked heard={heard} link={link} at={at} onMove={setAt} />
    </ClockContext>
  );
}

interface LookedProps {
  readonly heard: Heard;
  readonly link: Link | undefined;
  /** The moment that is looked at; undefined: the present. */
  readonly at: number | undefined;
  readonly onMove: (at: number | undefined) => void;
}

function Looked({ heard, link, at, onMove }: LookedProps) {
  const { hello, story, last, connected } = heard;
  const live = hello?.mode === 'live';
  const now = useNow(1_000, live && connected);
  const span = spanOf(story);
  const nowMs = live ? Math.max(span.toMs, now - (hello?.beganWallMs ?? 0)) : span.toMs;
  const shownMs = Math.min(at ?? nowMs, nowMs);
  const moment = at === undefined && live ? { ...last, atMs: nowMs } : momentAt(story, shownMs);
  // Only to the present something can be done.
  const acts = at === undefined && connected && moment.lab.state === 'up' && (hello?.deeds.length ?? 0) > 0;
  return (
    <>
      <Head heard={heard} moment={moment} />
      <main>
        <TimeBar
          story={story}
          span={{ ...span, toMs: nowMs }}
          at={at === undefined ? undefined : shownMs}
          live={live}
          onMove={onMove}
        />
        <div className="layout">
          <div className="figure-side">
            <Figure moment={moment} link={acts ? link : undefined} />
            <div className="pair">
              <Keys moment={moment} />
              <Leases moment={moment} />
            </div>
          </div>
          <div className="words-side">
            {heard.guide !== undefined && <Guide guide={heard.guide} link={connected ? link : undefined} />}
            <Heartbeat moment={moment} />
            {hello !== undefined && hello.scenarios.length > 0 && (
              <Scenarios scenarios={hello.scenarios} moment={last} link={connected ? link : undefined} />
            )}
            <Decisions decisions={moment.decisions} />
            <Events events={moment.events} onMove={onMove} />
          </div>
        </div>
      </main>
    </>
  );
}
