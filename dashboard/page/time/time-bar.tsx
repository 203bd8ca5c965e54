import { useEffect, useMemo, useState } from 'react';
import type { Story } from '../../moment/story.ts';
import { happenings, spansOf } from '../../moment/spans.ts';
import { useClock } from '../parts/words.ts';

interface TimeBarProps {
  readonly story: Story;
  readonly span: { readonly fromMs: number; readonly toMs: number };
  /** Undefined: the present. */
  readonly at: number | undefined;
  readonly live: boolean;
  readonly onMove: (at: number | undefined) => void;
}

/** A slider over the whole story: every panel shows the moment that it is at. */
export function TimeBar({ story, span, at, live, onMove }: TimeBarProps) {
  const clock = useClock();
  const { fromMs, toMs } = span;
  const shown = at ?? toMs;
  const marks = useMemo(() => happenings(story.seen), [story.seen]);
  const [playing, setPlaying] = useState(false);
  usePlaying(playing && at !== undefined, shown, toMs, onMove, () => setPlaying(false));
  const before = marks.findLast((one) => one < shown);
  const later = marks.find((one) => one > shown);
  // Its last step may end before the story does.
  const move = (to: number) => onMove(to < toMs - stepMs ? to : live ? undefined : toMs);
  return (
    <section className="time" aria-label="Time">
      <div className="buttons">
        <button
          type="button"
          disabled={before === undefined}
          onClick={() => onMove(before)}
          aria-label="Previous event"
          title="Previous event"
        >
          ‹
        </button>
        <button type="button" aria-pressed={playing} disabled={at === undefined} onClick={() => setPlaying(!playing)}>
          {playing ? 'Pause' : 'Play'}
        </button>
        <button
          type="button"
          disabled={later === undefined}
          onClick={() => onMove(later)}
          aria-label="Next event"
          title="Next event"
        >
          ›
        </button>
      </div>
      <div className="track">
        <Bands story={story} span={span} />
        <input
          type="range"
          aria-label="Moment"
          min={fromMs}
          max={toMs}
          step={stepMs}
          value={shown}
          aria-valuetext={at === undefined ? `now, ${clock(shown)}` : clock(shown)}
          onChange={(event) => move(Number(event.target.value))}
        />
      </div>
      <output className="at">{at === undefined ? 'now' : clock(shown)}</output>
      {live && (
        <button type="button" className="now" disabled={at === undefined} onClick={() => onMove(undefined)}>
          Back to now
        </button>
      )}
    </section>
  );
}

const stepMs = 100;

/** Phases and faults along the slider; the events tell them, too. */
function Bands({ story, span: { fromMs, toMs } }: Pick<TimeBarProps, 'story' | 'span'>) {
  const spans = useMemo(() => spansOf(story.seen), [story.seen]);
  const whole = Math.max(1, toMs - fromMs);
  return (
    <div className="bands" aria-hidden="true">
      {spans.map(({ kind, name, fromMs: from, toMs: to = toMs }, index) => (
        <span
          key={index}
          className={kind}
          title={name}
          style={{
            left: `${(100 * Math.max(0, from - fromMs)) / whole}%`,
            width: `${(100 * Math.max(0, Math.min(to, toMs) - Math.max(from, fromMs))) / whole}%`,
          }}
        >
          {name}
        </span>
      ))}
    </div>
  );
}

/** As fast as it happened, until the end. */
function usePlaying(
  plays: boolean,
  shown: number,
  toMs: number,
  onMove: (at: number) => void,
  onEnd: () => void,
): void {
  useEffect(() => {
    if (!plays) return undefined;
    if (shown >= toMs) {
      onEnd();
      return undefined;
    }
    const began = performance.now();
    const timer = window.setTimeout(() => onMove(Math.min(toMs, shown + performance.now() - began)), 100);
    return () => window.clearTimeout(timer);
  });
}
