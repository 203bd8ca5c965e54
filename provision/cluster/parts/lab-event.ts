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
}

export type OnLabEvent = (event: LabEvent) => void;

/** Reports a phase's start and end around a piece of work. */
export async function inPhase<T>(
  on: OnLabEvent,
  phase: { subject: string; phase: string; detail?: string; deadlineMs?: number },
  work: () => Promise<T>,
): Promise<T> {
  on({ ...phase, status: 'started' });
  const result = await work();
  on({ subject: phase.subject, phase: phase.phase, status: 'done' });
  return result;
}
