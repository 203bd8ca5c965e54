import { dirname } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { shellWords } from '#provision/host/shell-word.ts';

/**
 * What scp (OpenSSH 9) said when it failed, in the lab's words. Pure.
 * @param said its lines on stderr
 * @param words sources and target, as the reader wrote them
 */
export function scpFailed(said: readonly string[], words: readonly string[]): LabError {
  const evidence = said.map((line) => line.trim()).filter((line) => line !== '');
  const find = (pattern: RegExp) => evidence.map((line) => pattern.exec(line)).find((match) => match !== null);
  const machine = words.map((word) => /^([^/:]+):/.exec(word)?.[1]).find((name) => name !== undefined) ?? 'core-01';

  const [, here, why] = find(/^scp: open local "(.+)": (.+)$/) ?? [];
  if (here !== undefined) {
    const cause = `${here} cannot be written here: ${why}`;
    return new LabError({ code: 'command.scp', cause, evidence, next: `ls -ld ${shellWords([dirname(here)])}` });
  }
  const absent = find(/^scp: (?:dest open |realpath )?"?(\/[^"]*|[^" ]+)"?: No such file(?: or directory)?$/)?.[1];
  if (absent !== undefined) {
    const next = `lab ssh ${machine} -- ls -a ${shellWords([dirname(absent)])}`;
    return new LabError({ code: 'missing.path', cause: `there is no ${absent}`, evidence, next });
  }
  const directory = find(/^scp: download (.+): not a regular file$/)?.[1];
  if (directory !== undefined) {
    const next = `lab cp -r ${shellWords(words)}`;
    return new LabError({ code: 'usage.place', cause: `${directory} is a directory`, evidence, next });
  }
  const refused = find(/^scp: (?:dest|remote) open "(.+)": Permission denied$/)?.[1];
  const cause =
    refused === undefined ? `not copied, or not all of it: ${words.join(' ')}` : `core may not open ${refused}`;
  const next = refused === undefined ? 'lab status' : `go by way of /tmp: lab ssh ${machine} -- sudo cp -r FROM TO`;
  return new LabError({ code: 'command.scp', cause, evidence, next });
}
