import { LabError } from '#errors/lab-error.ts';
import { RubyCursor, UnreadableRuby } from './ruby-cursor.ts';
import { readLiteral } from './ruby-literal.ts';
import type { Lookup } from './ruby-string.ts';
import type { RubyLiteral } from './ruby-value.ts';

export interface RubyGlobal {
  readonly name: string;
  readonly value: RubyLiteral;
  readonly line: number;
  /** Where the value begins: another line when a break stands behind the `=`. */
  readonly valueLine: number;
}

export interface RubyGlobals {
  /** In file order; an early assignment of the same name is kept, the last one wins (as in Ruby). */
  readonly globals: readonly RubyGlobal[];
  /** Lines of the sample's discovery token block, which a lab with a static etcd bootstrap does not need. */
  readonly discoveryBlock?: { readonly firstLine: number; readonly lastLine: number };
}

/**
 * Reads the assignments of a config.rb in the style of coreos-vagrant, without Ruby: comments and `$name = literal`, each on lines of
 * its own or with `;` between them. Nothing is skipped in silence: what is outside this grammar throws LabError config.ruby with its line.
 * The one piece of code in coreos-vagrant's own sample, the discovery token block, is known and reported back.
 * @param defaults what a variable is for `#{$name}` before anything is assigned to it
 */
export function readRubyGlobals(
  text: string,
  fileName: string,
  defaults: ReadonlyMap<string, RubyLiteral> = new Map(),
): RubyGlobals {
  const cursor = new RubyCursor(text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n'));
  const globals: RubyGlobal[] = [];
  let discoveryBlock: RubyGlobals['discoveryBlock'];
  try {
    for (;;) {
      cursor.skipLines();
      if (cursor.done || (cursor.atLineStart && cursor.line(cursor.at) === '__END__')) break;
      if (cursor.take(';')) continue;
      if (discoveryCondition.test(cursor.line(cursor.at).trim())) discoveryBlock = skipBlock(cursor);
      else globals.push(assignment(cursor, globals, defaults));
    }
  } catch (error) {
    if (error instanceof UnreadableRuby) throw unreadable(error, cursor, fileName);
    throw error;
  }
  return discoveryBlock ? { globals, discoveryBlock } : { globals };
}

const discoveryCondition = /^if File\.exists?\?\((['"])user-data\1\)\s*&&\s*ARGV\[0\]\.eql\?\((['"])up\2\)\s*(#.*)?$/;

function skipBlock(cursor: RubyCursor): { firstLine: number; lastLine: number } {
  const firstLine = cursor.lineNumber(cursor.at);
  const end = /^end\b[^\S\n]*(?:#.*)?$/m.exec(cursor.text.slice(cursor.at));
  if (!end) throw new UnreadableRuby('this block has no closing end', cursor.at);
  cursor.at += end.index + end[0].length;
  return { firstLine, lastLine: cursor.lineNumber(cursor.at) };
}

function assignment(
  cursor: RubyCursor,
  earlier: readonly RubyGlobal[],
  defaults: ReadonlyMap<string, RubyLiteral>,
): RubyGlobal {
  const start = cursor.at;
  const name = cursor.match(/\$[A-Za-z_]\w*/y)?.[0];
  cursor.skipBlanks();
  if (name === undefined || !cursor.match(/=(?![=~>])/y)) {
    throw new UnreadableRuby('is not a `$name = value` line', start);
  }
  const line = cursor.lineNumber(start);
  cursor.skipLines();
  const startsAnother = cursor.lineNumber(cursor.at) > line && /^(?:\$\w+\s*=|__END__$)/.test(cursor.line(cursor.at));
  if (cursor.done || cursor.char === ';' || startsAnother) throw new UnreadableRuby(`${name} has no value`, start);
  const valueLine = cursor.lineNumber(cursor.at);
  const lookup: Lookup = (variable) => {
    const above = earlier.findLast((global) => global.name === variable);
    return above === undefined ? defaults.get(variable) : above.value;
  };
  try {
    const value = readLiteral(cursor, lookup);
    cursor.skipBlanks();
    const rest = cursor.line(cursor.at).trim();
    if (rest !== '' && !/^[#;]/.test(rest)) {
      throw new UnreadableRuby(`cannot read \`${rest}\` after the value`, cursor.at);
    }
    return { name, value, line, valueLine };
  } catch (error) {
    if (error instanceof UnreadableRuby) throw new UnreadableRuby(`${name}: ${error.message}`, error.offset);
    throw error;
  }
}

function unreadable(error: UnreadableRuby, cursor: RubyCursor, fileName: string): LabError {
  const line = cursor.lineNumber(error.offset);
  return new LabError({
    code: 'config.ruby',
    cause: `${fileName}:${line}: ${error.message}`,
    evidence: [(cursor.text.split('\n')[line - 1] ?? '').trim()],
    next:
      `Edit line ${line} of ${fileName}: write \`$name = value\` with a number, a quoted string, a symbol, true, ` +
      'false, nil, [value] or {key => value}; Ruby code is not run, put # in front of the line to leave it out.',
  });
}
