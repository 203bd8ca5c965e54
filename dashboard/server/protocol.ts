import type { Seen } from '../moment/seen.ts';
import type { Story } from '../moment/story.ts';

/** What a page is told when it connects, and whenever the story begins anew. */
export interface Hello {
  /** Which lab, or which run: the page's title. */
  readonly title: string;
  readonly mode: 'live' | 'run';
  readonly story: Story;
  /** ms since the epoch when the story began. */
  readonly beganWallMs: number;
  /** The sentence of a recorded run's verdict. */
  readonly sentence: string | undefined;
  /** What can be asked for on the page: nothing of a recorded run. */
  readonly deeds: readonly DeedKind[];
  /** Those that can be started here; none of a recorded run. */
  readonly scenarios: readonly { readonly name: string; readonly summary: string }[];
}

/** Where the reader is in the guide that is followed in the dashboard's directory. */
export interface GuideNow {
  readonly guide: string;
  readonly number: number;
  readonly of: number;
  readonly title: string;
  readonly goal: string;
  /** As it is typed there. */
  readonly type: readonly string[];
  /** Its check has held. */
  readonly done: boolean;
}

/** A step's check on the lab as it is. */
export type GuideCheck = readonly { readonly text: string; readonly missing: string | null }[];

/** What can be done to a machine. */
export const deedKinds = ['halt', 'cut', 'pause', 'partition', 'up', 'resume'] as const;
export type DeedKind = (typeof deedKinds)[number];

/** From the server to the page. */
export interface ToPage {
  /** The first message of every connection: all there is so far. */
  hello: (hello: Hello) => void;
  /** What came since, in order. */
  seen: (more: readonly Seen[]) => void;
  /** null: no guide is followed there. */
  guide: (guide: GuideNow | null) => void;
}

export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };

/** From the page to the server; each is answered. */
export interface ToServer {
  /** What to expect of it, a line each, before it is done. */
  expect: (asked: { machine: string; kind: DeedKind }, answer: (answer: Answer<readonly string[]>) => void) => void;
  /** Answered when it is done. */
  do: (asked: { machine: string; kind: DeedKind }, answer: (answer: Answer<null>) => void) => void;
  /** Answered when it has begun; the story tells the rest. */
  scenario: (asked: { name: string }, answer: (answer: Answer<null>) => void) => void;
  /** Answered when it has ended, its faults undone. */
  endScenario: (asked: Record<string, never>, answer: (answer: Answer<null>) => void) => void;
  /** Answered with each condition of the step, and what it lacks. */
  checkStep: (asked: Record<string, never>, answer: (answer: Answer<GuideCheck>) => void) => void;
}

/** Of a live story: events of more than an hour; a page holds as many. */
export const mostSeen = 6_000;
