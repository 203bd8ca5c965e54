/** What happens while the lab is brought up or down; every view (terminal, JSON) is a rendering of these. */
export interface LabEvent {
  /** A machine's name, or `lab` for work that concerns all of them. */
  readonly subject: string;
  /** Short noun phrase: `image`, `provision`, `boot`, `etcd`, `fleet`, ... */
  readonly phase: string;
  status: 'started' | 'progress' | 'done' | 'skipped';
  detail?: string;
  /** For waits: when this counts as failed. */
  readonly deadlineMs?: number;
  /** It does nothing itself: it ends when what others do is done. */
  readonly waits?: true;
  /** Too short for a line of its own on a terminal; profiles have it. */
  readonly minor?: true;
}

export type OnLabEvent = (event: LabEvent) => void;

/** Reports a phase's start and end around a piece of work. */
export async function inPhase<T>(on: OnLabEvent, phase: Omit<LabEvent, 'status'>, work: () => Promise<T>): Promise<T> {
  on({ ...phase, status: 'started' });
  const result = await work();
  const { subject, phase: name, minor } = phase;
  on({ subject, phase: name, status: 'done', ...(minor === undefined ? {} : { minor }) });
  return result;
}
