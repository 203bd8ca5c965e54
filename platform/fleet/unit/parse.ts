import { LabError } from '../../../errors/lab-error.ts';
import type { UnitOption } from './unit-file.ts';

/**
 * Reads the text of a unit file (systemd.syntax(7): sections, repeated keys, `#` and `;` comments, a backslash at the end of a
 * line goes on in the next one). A continued value keeps its backslash and newline, so that it can be written back unchanged.
 * @param text content of the file
 * @param file name used in error messages
 * @throws LabError `unit.syntax` naming file:line
 */
export function parseUnitFile(text: string, file: string): UnitOption[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const options: UnitOption[] = [];
  let section: string | undefined;
  for (let i = 0; i < lines.length; i++) {
    const line = (lines[i] ?? '').trim();
    const at = `${file}:${i + 1}`;
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    if (line.startsWith('[')) {
      section = sectionName(line, at);
      continue;
    }
    const equals = line.indexOf('=');
    const name = equals < 0 ? '' : line.slice(0, equals).trimEnd();
    if (name === '') {
      throw syntaxError(
        `${at}: "${shorten(line)}" is not of the form Key=value`,
        `write Key=value, or start the line with # to make it a comment`,
      );
    }
    if (section === undefined) {
      throw syntaxError(
        `${at}: key "${shorten(name)}" stands outside of any section`,
        'put a section header such as [Service] above it',
      );
    }
    const value = [line.slice(equals + 1)];
    while (value.at(-1)?.endsWith('\\') === true && i + 1 < lines.length && (lines[i + 1] ?? '').trim() !== '') {
      value.push((lines[++i] ?? '').trimEnd());
    }
    // A backslash that nothing follows would swallow whatever is written after it.
    options.push({ section, name, value: value.join('\n').replace(/\\$/, '').trim() });
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

function sectionName(line: string, at: string): string {
  const end = line.indexOf(']');
  if (end < 0) throw syntaxError(`${at}: section header "${shorten(line)}" is not closed`, 'close it with ]');
  const rest = line.slice(end + 1).trim();
  if (rest !== '')
    throw syntaxError(`${at}: "${shorten(rest)}" follows the section header`, 'put it on a line of its own');
  const name = line.slice(1, end).trim();
  if (name === '') throw syntaxError(`${at}: section header without a name`, 'name it, for example [Service]');
  return name;
}

function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

function syntaxError(cause: string, next: string): LabError {
  return new LabError({ code: 'unit.syntax', cause, next });
}
