/** A piece of the way to a ready lab, by one clock. Times are ms since the command's process began. */
export interface Phase {
  /** A machine's name, or `lab`. */
  readonly subject: string;
  readonly phase: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** It does nothing itself: it ends when what others do is done. */
  readonly waits: boolean;
  /** Phases of the same machine without whose end it cannot end. Absent: whatever ended before it began. */
  readonly needs?: readonly string[];
  /** It cannot end before so many of its name, on several machines, have begun. */
  readonly quorum?: number;
}

/** One stretch of the critical path. */
export interface PathStep {
  readonly subject: string;
  /** What went on; of a stretch in which nothing that is known did, what was waited for, or `-`. */
  readonly phase: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly kind: 'work' | 'wait';
}

export interface Profile {
  /** From the command's start until the lab was ready. */
  readonly wholeMs: number;
  /** In the order in which they began. */
  readonly phases: readonly Phase[];
  /** In their order; together they are the whole. */
  readonly path: readonly PathStep[];
}
