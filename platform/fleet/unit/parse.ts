import { logicalLines, shorten, strip, syntaxError, type LogicalLine } from './lines.ts';
import { sectionProblem } from './sections.ts';
import type { UnitOption } from './unit-file.ts';

/**
 * Reads the text of a unit file as systemd does (systemd.syntax(7)); what systemd would ignore with a warning is an error: a line
 * that is no option, a section that this kind of unit does not have. A continued value keeps its backslashes, line breaks and comment
 * lines, so that systemd gets it as it was written (`joinedValue` reads it).
 * @param text content of the file
 * @param file name used in error messages; its ending says which sections there are
 * @throws LabError `unit.syntax` naming file:line
 */
export function parseUnitFile(text: string, file: string): UnitOption[] {
  return optionsAtLines(text, file).map(({ section, name, value }) => ({ section, name, value }));
}

/** An option with the number of the line that it begins in, from 1. */
export interface OptionAtLine extends UnitOption {
  readonly line: number;
}

/**
 * As `parseUnitFile`, for whoever has more to say of a line.
 * @throws LabError `unit.syntax` naming file:line
 */
export function optionsAtLines(text: string, file: string): OptionAtLine[] {
  const options: OptionAtLine[] = [];
  let section: string | undefined;
  let before: LogicalLine | undefined;
  for (const line of logicalLines(text, file)) {
    const at = `${file}:${line.number}`;
    const swallowed = line.raw.slice(1).find((part) => isHeader(strip(part.text)));
    if (swallowed !== undefined) {
      throw syntaxError(
        `${file}:${swallowed.number}: the line before ends in a backslash, so that ${strip(swallowed.text)} would be part of it`,
        'remove that backslash, or leave a blank line between',
      );
    }
    if (line.text.startsWith('[')) section = sectionName(line.text, at, file);
    else options.push({ ...optionOf(line, at, section, before), line: line.number });
    before = line;
  }
  if (section === undefined) {
    throw syntaxError(
      `${file}: the file has no section`,
      'a unit file needs at least one section, for example [Service] with ExecStart=',
    );
  }
  if (options.length === 0) {
    throw syntaxError(
      `${file}: the file has no options`,
      'add at least one Key=value line, for example ExecStart= under [Service]',
    );
  }
  return options;
}

/** As people write it, in whatever case. */
function isHeader(text: string): boolean {
  return /^\[(Unit|Install|Service|Socket|Timer|Path|Mount|Automount|Swap|Slice|Scope|Target|X-[\w-]+)\]$/i.test(text);
}

function optionOf(
  line: LogicalLine,
  at: string,
  section: string | undefined,
  before: LogicalLine | undefined,
): UnitOption {
  const equals = line.text.indexOf('=');
  const name = equals < 0 ? '' : strip(line.text.slice(0, equals));
  if (line.text.startsWith('.include')) {
    throw syntaxError(`${at}: systemd no longer knows .include`, 'write the included lines here');
  }
  if (name === '') {
    throw syntaxError(`${at}: "${shorten(line.text)}" is not of the form Key=value`, remedy(before));
  }
  if (!isOptionName(name, before?.cutAt !== undefined)) {
    throw syntaxError(`${at}: "${shorten(name)}" is no option name`, remedy(before));
  }
  if (section === undefined) {
    throw syntaxError(
      `${at}: key "${shorten(name)}" stands outside of any section`,
      'put a section header such as [Service] above it',
    );
  }
  const first = line.raw.findIndex(({ text }) => text.includes('=') && !/^[ \t]*[#;]/.test(text));
  const raw = line.raw
    .slice(first)
    .map(({ text }) => text)
    .join('\n');
  return { section, name, value: strip(raw.slice(raw.indexOf('=') + 1)) };
}

/**
 * Letters, digits and hyphens as in `CPUQuota` or `X-Foo`. What follows a command that a blank line has cut off is looked at more
 * closely: `SECOND=2` and `name=x` are rather the rest of it, since every name that systemd knows has a capital first and small letters.
 */
function isOptionName(name: string, afterCut: boolean): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_.-]*$/.test(name)) return false;
  return !afterCut || (/^[A-Z]/.test(name) && /[a-z]/.test(name));
}

function remedy(before: LogicalLine | undefined): string {
  if (before?.cutAt !== undefined) {
    return `remove the blank line ${before.cutAt}: it ends what the backslash above it continues (a line with # alone does not)`;
  }
  const last = before?.raw.at(-1);
  if (last !== undefined && !before?.text.startsWith('[')) {
    return last.text.endsWith('\\')
      ? `end line ${last.number} in one backslash if this belongs to it (two mean a backslash), or write Key=value, or start the line with #`
      : `end line ${last.number} in a backslash if this belongs to it, or write Key=value, or start the line with # to make it a comment`;
  }
  return 'write Key=value, or start the line with # to make it a comment';
}

function sectionName(line: string, at: string, file: string): string {
  const end = line.indexOf(']');
  if (end < 0) throw syntaxError(`${at}: section header "${shorten(line)}" is not closed`, 'close it with ]');
  const rest = strip(line.slice(end + 1));
  if (rest !== '')
    throw syntaxError(`${at}: "${shorten(rest)}" follows the section header`, 'put it on a line of its own');
  const name = line.slice(1, end);
  if (strip(name) === '') throw syntaxError(`${at}: section header without a name`, 'name it, for example [Service]');
  const problem = sectionProblem(name, file);
  if (problem !== undefined) throw syntaxError(`${at}: ${problem.cause}`, problem.next);
  return name;
}
