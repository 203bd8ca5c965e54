import { isUtf8 } from 'node:buffer';
import { LabError } from '#errors/lab-error.ts';

/** Lines that systemd reads as one: a line that ends in a backslash goes on in the next one. */
export interface LogicalLine {
  /** Number of its first line in the file, from 1. */
  readonly number: number;
  /** Its lines as written, comment lines between them included; a backslash that nothing follows is left out. */
  readonly raw: readonly { number: number; text: string }[];
  /** What systemd makes of it: comments gone, each backslash at a line's end a space, no blanks around it. */
  readonly text: string;
  /** The number of the blank line that ended it after a backslash, if one did. */
  readonly cutAt: number | undefined;
}

/** systemd's limit (LONG_LINE_MAX), bytes: of a line, and of lines joined to one. */
const longestLine = 1024 * 1024;

/**
 * Divides a unit file into the lines that systemd sees (systemd.syntax(7), and systemd 252 as it was seen to read files): `#` and `;`
 * lines are skipped, also between continued lines and whatever they end in; a blank line ends a continued one; a line ends with LF, CR
 * or both; a byte order mark may stand before the first line.
 * @throws LabError `unit.syntax` for what systemd would refuse (too long) or take for something else than it seems to be (NUL,
 * blanks after a backslash)
 */
export function logicalLines(text: string, file: string): LogicalLine[] {
  const found: LogicalLine[] = [];
  let open: { number: number; text: string }[] = [];
  let joined = '';
  let markSeen = false;
  const close = (cutAt?: number): void => {
    const [first] = open;
    if (first !== undefined && strip(joined) !== '') {
      found.push({ number: first.number, raw: withoutLastBackslash(open), text: strip(joined), cutAt });
    }
    open = [];
    joined = '';
  };
  for (const [i, line] of text.split(/\r\n|\n\r|\n|\r/).entries()) {
    const number = i + 1;
    const at = `${file}:${number}`;
    checkLength(line, joined, at);
    if (line.includes('\0'))
      throw syntaxError(`${at}: the line has a NUL character`, 'remove it; a unit file is plain text');
    const marked: boolean = !markSeen && line.startsWith('\uFEFF');
    const own = marked ? line.slice(1) : line;
    markSeen ||= marked;
    if (isComment(own)) {
      if (open.length > 0) open.push({ number, text: own });
      continue;
    }
    if (/\\[ \t]+$/.test(own) && isContinued(own.trimEnd())) {
      throw syntaxError(
        `${at}: blanks follow the backslash at the end, so that systemd does not go on in the next line`,
        'remove the blanks after the backslash',
      );
    }
    if (strip(own) === '' && open.length > 0) {
      close(number);
      continue;
    }
    open.push({ number, text: own });
    joined += isContinued(own) ? `${own.slice(0, -1)} ` : own;
    if (!isContinued(own)) close();
  }
  close();
  return found;
}

/** A value as systemd takes it, of one that has its backslashes and line breaks still. */
export function joinedValue(value: string): string {
  const [first = '', ...more] = value.split('\n');
  const lines = [first, ...more.filter((line) => !isComment(line))];
  return strip(lines.map((line) => (isContinued(line) ? `${line.slice(0, -1)} ` : line)).join(''));
}

/** Removes what systemd counts as blank, which is less than JavaScript does. */
export function strip(text: string): string {
  return text.replace(/^[ \t\r\n]+/, '').replace(/[ \t\r\n]+$/, '');
}

/** For messages. */
export function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

/** LabError `unit.syntax`. */
export function syntaxError(cause: string, next: string): LabError {
  return new LabError({ code: 'unit.syntax', cause, next });
}

function isComment(line: string): boolean {
  return /^[ \t]*[#;]/.test(line);
}

/** Two backslashes are one that is meant: only an odd number of them goes on in the next line. */
function isContinued(line: string): boolean {
  return (/\\+$/.exec(line)?.[0].length ?? 0) % 2 === 1;
}

/** A backslash that nothing follows would swallow whatever is written after it; so would one before blanks or comments only. */
function withoutLastBackslash(lines: readonly { number: number; text: string }[]): { number: number; text: string }[] {
  const last = lines.findLastIndex(
    ({ text }, i) => i === 0 || (!isComment(text) && strip(text.replace(/\\$/, '')) !== ''),
  );
  return lines
    .slice(0, last + 1)
    .map((line, i) => (i === last && isContinued(line.text) ? { ...line, text: line.text.slice(0, -1) } : line));
}

function checkLength(line: string, joined: string, at: string): void {
  // A character has at most three bytes for each of its code units.
  if ((line.length + joined.length) * 3 <= longestLine) return;
  if (Buffer.byteLength(line) + Buffer.byteLength(joined) <= longestLine) return;
  throw syntaxError(
    `${at}: the line${joined === '' ? '' : ', with those that it goes on from,'} is longer than 1 MiB, and systemd refuses the whole file`,
    'make it shorter, or split it into several options',
  );
}

/**
 * The text of a unit file. systemd refuses a file that is not UTF-8.
 * @throws LabError `unit.syntax` naming file:line
 */
export function decodeUnitFile(bytes: Uint8Array, file: string): string {
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    return utf8.decode(bytes);
  } catch {
    const lines = Buffer.from(bytes).toString('latin1').split('\n');
    const bad = lines.findIndex((line) => !isUtf8(Buffer.from(line, 'latin1')));
    throw syntaxError(
      `${file}:${bad + 1}: the line is not UTF-8, and systemd refuses the whole file`,
      'save the file as UTF-8',
    );
  }
}
