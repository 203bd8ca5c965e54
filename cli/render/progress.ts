import pc from 'picocolors';
import type { LabEvent } from '../../provision/cluster/lab-event.ts';
import { seconds } from '../../scenarios/harness/seconds.ts';

const redrawMs = 100;

interface Row {
  readonly subject: string;
  readonly phase: string;
  /** What the phase is; `detail` is how far it is. */
  readonly title: string;
  detail: string;
  began: number;
  ended?: number;
  skipped: boolean;
  deadlineMs?: number;
}

/**
 * Renders lab events: on a terminal a block of live lines (machine, phase, elapsed/deadline), elsewhere one plain line
 * at the start and end of each phase. Both go to stderr, so that stdout stays for results.
 */
export class Progress {
  readonly #rows = new Map<string, Row>();
  readonly #live = process.stderr.isTTY;
  #drawnLines = 0;
  #timer: NodeJS.Timeout | undefined;

  readonly onEvent = (event: LabEvent): void => {
    const key = `${event.subject} ${event.phase}`;
    const row = this.#rows.get(key) ?? {
      ...{
        subject: event.subject,
        phase: event.phase,
        title: event.detail ?? '',
        detail: '',
        began: performance.now(),
        skipped: false,
      },
      ...(event.deadlineMs === undefined ? {} : { deadlineMs: event.deadlineMs }),
    };
    this.#rows.set(key, row);
    if (event.detail !== undefined) row.detail = event.detail;
    if (event.status === 'done' || event.status === 'skipped') {
      row.ended = performance.now();
      row.detail = event.detail ?? row.title;
      row.skipped = event.status === 'skipped';
    }
    if (this.#live) this.#schedule();
    else this.#plain(event, row);
  };

  /** Draws the last state for good. */
  stop(): void {
    clearTimeout(this.#timer);
    if (this.#live) this.#draw();
    this.#rows.clear();
    this.#drawnLines = 0;
  }

  #plain(event: LabEvent, row: Row): void {
    const took = row.ended === undefined ? '' : ` (${seconds(row.ended - row.began)})`;
    const detail = event.status === 'done' ? '' : event.detail === undefined ? '' : `: ${event.detail}`;
    const verb = event.status === 'progress' ? '' : ` ${event.status}`;
    process.stderr.write(`${event.subject} ${event.phase}${verb}${took}${detail}\n`);
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#draw();
      if ([...this.#rows.values()].some((row) => row.ended === undefined)) this.#schedule();
    }, redrawMs);
  }

  #draw(): void {
    const width = process.stderr.columns || 80;
    const lines = [...this.#rows.values()].map((row) => line(row, width));
    const up = this.#drawnLines > 0 ? `\x1b[${this.#drawnLines}A` : '';
    process.stderr.write(up + lines.map((text) => `\x1b[2K${text}\n`).join(''));
    this.#drawnLines = lines.length;
  }
}

function line(row: Row, width: number): string {
  const mark = row.ended === undefined ? pc.yellow('…') : row.skipped ? pc.dim('-') : pc.green('✓');
  const elapsed = seconds((row.ended ?? performance.now()) - row.began);
  const deadline = row.ended === undefined && row.deadlineMs !== undefined ? `/${row.deadlineMs / 1000} s` : '';
  const left = `${row.subject.padEnd(8)} ${row.phase.padEnd(16)} ${(elapsed + deadline).padStart(14)}`;
  const room = Math.max(0, width - left.length - 6);
  return `${mark} ${left}  ${pc.dim(row.detail.slice(0, room))}`;
}
