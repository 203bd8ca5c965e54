import type { Seen, Unstamped } from '../moment/seen.ts';
import { continued, emptyStory, type Story } from '../moment/story.ts';
import { mostSeen } from './protocol.ts';

/** What is told within this time goes to the pages as one message, ms. */
const gatherMs = 200;

/** Writes the story of a live lab as it happens, and reads it out to whoever listens. */
export class Storyteller {
  readonly beganWallMs: number;
  readonly #nowWallMs: () => number;
  readonly #listeners = new Set<(more: readonly Seen[]) => void>();
  #story: Story = emptyStory;
  #gathered: Seen[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param nowWallMs the clock, ms since the epoch */
  constructor(nowWallMs: () => number = Date.now) {
    this.#nowWallMs = nowWallMs;
    this.beganWallMs = nowWallMs();
  }

  /** ms since the story began. */
  nowMs(): number {
    return this.#nowWallMs() - this.beganWallMs;
  }

  /** All that was told so far. */
  get story(): Story {
    this.#tellOn();
    return this.#story;
  }

  /** Adds what was seen, at this moment, to the story; listeners hear it, with what else came, within 200 ms. */
  tell(unstamped: Unstamped): void {
    const wallMs = this.#nowWallMs();
    // A clock that is set back must not put what comes later before what came first.
    const last = this.#gathered.at(-1)?.atMs ?? this.#story.seen.at(-1)?.atMs ?? 0;
    const atMs = Math.max(last, wallMs - this.beganWallMs);
    this.#gathered.push({ ...unstamped, atMs, wallMs });
    this.#timer ??= setTimeout(() => this.#tellOn(), gatherMs);
  }

  /** @returns how to stop listening */
  listen(listener: (more: readonly Seen[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What was gathered is told at once, and nothing is waited for any more. */
  end(): void {
    this.#tellOn();
  }

  #tellOn(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#gathered.length === 0) return;
    const more = this.#gathered;
    this.#gathered = [];
    this.#story = continued(this.#story, more, mostSeen);
    for (const listener of this.#listeners) listener(more);
  }
}
