import type { Kind, ValueProblem } from './kind.ts';
import { divide } from './words.ts';

/**
 * A command line of ExecStart= and its like (systemd.service(5), "Command lines"): quotes that do not come in pairs, a program without
 * a path that systemd could find, a `%` that systemd takes for something of its own. A shell's own grammar means nothing there, and is
 * nothing that systemd warns of.
 */
export const commandLine: Kind = (value) => {
  if (value === '') return undefined;
  const { words, open } = divide(value);
  if (open !== undefined) {
    return {
      cause: `a ${open} has no second one`,
      example: `/bin/sh -c "...", with \\${open} for a ${open} that is meant`,
      fatal: true,
    };
  }
  return (
    specifierProblem(value) ??
    commandsOf(words)
      .map(programProblem)
      .find((problem) => problem !== undefined)
  );
};

/** A word `;` alone stands between two commands. */
function commandsOf(words: readonly string[]): string[] {
  return words.filter((_, i) => i === 0 || (words[i - 1] === ';' && words[i] !== ';'));
}

function programProblem(word: string): ValueProblem | undefined {
  const prefix = /^[-@:+!]*/.exec(word)?.[0] ?? '';
  const program = word.slice(prefix.length);
  if (program === '') return { cause: `no program follows the ${prefix}`, example: `${prefix}/bin/sh -c "..."` };
  if (program.startsWith('/') && program.endsWith('/')) {
    return { cause: `${program} is a directory`, example: `${program}PROGRAM`, fatal: true };
  }
  if (program.startsWith('/') || program.startsWith('%') || !program.includes('/')) return undefined;
  return {
    cause: `${program} is neither a path from / nor a program's name alone`,
    example: `${prefix}/opt/bin/${program.slice(program.lastIndexOf('/') + 1)}`,
    fatal: true,
  };
}

/** systemd.unit(5), "Specifiers", of systemd 252; a letter or digit that is none of these ends the reading of the line. */
const specifiers = 'aAbBCdDEfgGhHiIjJlLmMnNopPqsStTuUvVwWyY%';

/** Why a `%` keeps the unit from starting; a sign that is no letter may follow one. */
function specifierProblem(value: string): ValueProblem | undefined {
  for (const [text, letter = ''] of value.matchAll(/%([a-zA-Z0-9%])/g)) {
    if (!specifiers.includes(letter)) {
      return { cause: `systemd has no ${text}`, example: `%${text} where a program is to see ${text}`, fatal: true };
    }
  }
  return undefined;
}
