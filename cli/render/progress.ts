import pc from 'picocolors';
import type { LabEvent } from '#provision/cluster/parts/lab-event.ts';
import { seconds, statedSeconds } from '#errors/seconds.ts';
import { LiveBlock } from './live-block.ts';
import { canRedraw, printErr } from './terminal.ts';

const redrawMs = 100;
/** Narrower than this, nothing is aligned: every column is for words. */
const roomToAlign = 60;

interface Row {
  readonly subject: string;
  readonly phase: string;
  /** What the phase is; `detail` is how far it is. */
  readonly title: string;
  detail: string;
  readonly began: number;
  ended?: number;
  skipped: boolean;
  readonly deadlineMs?: number;
}

/**
 * Renders lab events: on a terminal a block of live lines (machine, phase, elapsed/deadline), elsewhere one plain line
 * at the start and end of each phase. Both go to stderr, so that stdout stays for results.
 */
export class Progress {
  readonly #rows = new Map<string, Row>();
  readonly #block = canRedraw(process.stderr) ? new LiveBlock(process.stderr) : undefined;
  #timer: NodeJS.Timeout | undefined;

  /** Takes the next event of a lab; handed over as it is, without its object. */
  readonly onEvent = (event: LabEvent): void => {
    const key = `${event.subject} ${event.phase}`;
    if (event.minor === true && !this.#rows.has(key)) return;
    const row = this.#rows.get(key) ?? {
      subject: event.subject,
      phase: event.phase,
      title: event.detail ?? '',
      detail: '',
      began: performance.now(),
      skipped: false,
      ...(event.deadlineMs === undefined ? {} : { deadlineMs: event.deadlineMs }),
    };
    this.#rows.set(key, row);
    if (event.detail !== undefined) row.detail = event.detail;
    if (event.status === 'done' || event.status === 'skipped') {
      row.ended = performance.now();
      row.detail = event.detail ?? row.title;
      row.skipped = event.status === 'skipped';
    }
    if (this.#block === undefined) plain(event, row);
    else this.#schedule(this.#block);
  };

  /** Draws the last state for good: all of it, though it be longer than the screen. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#block !== undefined) {
      const { columns } = this.#block.room;
      this.#block.erase();
      for (const row of this.#rows.values()) process.stderr.write(`${line(row, columns)}\n`);
    }
    this.#rows.clear();
  }

  #schedule(block: LiveBlock): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const { columns, rows } = block.room;
      block.draw(shown([...this.#rows.values()], rows).map((row) => (row === undefined ? '  …' : line(row, columns))));
      if ([...this.#rows.values()].some((row) => row.ended === undefined)) this.#schedule(block);
    }, redrawMs);
  }
}

/** As many rows as there is room for: what goes on, then what has ended last. Undefined stands for those that are left out. */
function shown(all: readonly Row[], room: number): (Row | undefined)[] {
  if (all.length <= room) return [...all];
  const urgency = [...all].sort(
    (a, b) =>
      Number(a.ended !== undefined) - Number(b.ended !== undefined) || (b.ended ?? b.began) - (a.ended ?? a.began),
  );
  const chosen = new Set(urgency.slice(0, Math.max(1, room - 1)));
  const rows = all.filter((row) => chosen.has(row));
  return room > 1 ? [undefined, ...rows] : rows;
}

function plain(event: LabEvent, row: Row): void {
  const took = row.ended === undefined ? '' : ` (${seconds(row.ended - row.began)})`;
  const detail = event.status === 'done' ? '' : event.detail === undefined ? '' : `: ${event.detail}`;
  const verb = event.status === 'progress' ? '' : ` ${event.status}`;
  printErr(`${event.subject} ${event.phase}${verb}${took}${detail}`);
}

function line(row: Row, columns: number): string {
  const mark = row.ended === undefined ? pc.yellow('…') : row.skipped ? pc.dim('-') : pc.green('✓');
  const elapsed = seconds((row.ended ?? performance.now()) - row.began);
  const deadline = row.ended === undefined && row.deadlineMs !== undefined ? `/${statedSeconds(row.deadlineMs)}` : '';
  const time = elapsed + deadline;
  const left =
    columns < roomToAlign
      ? `${row.subject} ${row.phase} ${time}  `
      : `${row.subject.padEnd(8)} ${row.phase.padEnd(16)} ${time.padStart(14)}  `;
  // The mark and the blank behind it.
  const room = columns - 2;
  const detail = row.detail.replaceAll(/\s+/g, ' ');
  return `${mark} ${left.slice(0, room)}${pc.dim(cut(detail, room - left.length))}`;
}

/** What is left out at the end shows as an ellipsis. */
function cut(text: string, room: number): string {
  if (text.length <= room) return text;
  return room < 2 ? '' : `${text.slice(0, room - 1).trimEnd()}…`;
}
