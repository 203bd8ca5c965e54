import { LabError } from '#errors/lab-error.ts';
import { RubyCursor, UnreadableRuby } from './ruby-cursor.ts';
import { readExpression } from './ruby-expression.ts';
import { isTruthy, type RubyScope } from './ruby-scope.ts';
import type { RubyLiteral } from './ruby-value.ts';

export interface RubyGlobal {
  readonly name: string;
  readonly value: RubyLiteral;
  readonly line: number;
  /** Where the value begins: another line when a break stands behind the `=`. */
  readonly valueLine: number;
}

/** An assignment that Ruby would not make: `||=` to what has a value, or one whose `if` does not hold. */
export interface UnmadeAssignment extends RubyGlobal {
  /** What the variable holds instead, of `||=`; undefined: its `if` does not hold. */
  readonly kept: RubyLiteral | undefined;
}

export interface RubyGlobals {
  /** In file order; an early assignment of the same name is kept, the last one wins (as in Ruby). */
  readonly globals: readonly RubyGlobal[];
  readonly unmade: readonly UnmadeAssignment[];
  /** Names of the variables whose value another one was made of. */
  readonly used: ReadonlySet<string>;
  /** Lines of the sample's discovery token block, which a lab with a static etcd bootstrap does not need. */
  readonly discoveryBlock?: { readonly firstLine: number; readonly lastLine: number };
}

/** What there is before the first line. */
export interface RubyBefore {
  /** Of variables, before anything is assigned to them. */
  readonly values?: ReadonlyMap<string, RubyLiteral>;
  readonly env?: RubyScope['env'];
}

/**
 * Reads the assignments of a config.rb in the style of coreos-vagrant, without Ruby: comments, `$name = value` and `$name ||= value` with
 * an `if` or `unless` behind them, each on lines of its own or with `;` between them. Nothing is skipped in silence: what is outside this
 * grammar throws LabError config.ruby with its line. The one piece of code in coreos-vagrant's own sample, the discovery token block, is
 * known and reported back.
 */
export function readRubyGlobals(text: string, fileName: string, before: RubyBefore = {}): RubyGlobals {
  const source = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const cursor = new RubyCursor(source);
  const globals: RubyGlobal[] = [];
  const unmade: UnmadeAssignment[] = [];
  const used = new Set<string>();
  const valueOf = (name: string): RubyLiteral | undefined => {
    const above = globals.findLast((global) => global.name === name);
    return above === undefined ? before.values?.get(name) : above.value;
  };
  const scope: RubyScope = {
    global: (name) => {
      used.add(name);
      return valueOf(name);
    },
    env: before.env ?? {},
    read: (at, depth) => readExpression(at, scope, depth),
  };
  let discoveryBlock: RubyGlobals['discoveryBlock'];
  try {
    for (;;) {
      cursor.skipLines();
      if (cursor.done || (cursor.atLineStart && cursor.line(cursor.at) === '__END__')) break;
      if (cursor.take(';')) continue;
      if (discoveryCondition.test(cursor.line(cursor.at).trim())) discoveryBlock = skipBlock(cursor);
      else {
        const { global, isUnmade, kept } = assignment(cursor, scope, valueOf);
        if (isUnmade) unmade.push({ ...global, kept });
        else globals.push(global);
      }
    }
  } catch (error) {
    if (error instanceof UnreadableRuby) throw unreadable(error, source, fileName);
    throw error;
  }
  return { globals, unmade, used, ...(discoveryBlock && { discoveryBlock }) };
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
  scope: RubyScope,
  valueOf: RubyScope['global'],
): { global: RubyGlobal; isUnmade: boolean; kept: RubyLiteral | undefined } {
  const start = cursor.at;
  const name = cursor.match(/\$[A-Za-z_]\w*/y)?.[0];
  cursor.skipBlanks();
  const sign = cursor.match(/(?:\|\|)?=(?![=~>])/y)?.[0];
  if (name === undefined || sign === undefined) {
    throw new UnreadableRuby('is not a `$name = value` line', start);
  }
  const line = cursor.lineNumber(start);
  cursor.skipLines();
  const startsAnother =
    cursor.lineNumber(cursor.at) > line && /^(?:\$\w+\s*(?:\|\|)?=|__END__$)/.test(cursor.line(cursor.at));
  if (cursor.done || cursor.char === ';' || startsAnother) throw new UnreadableRuby(`${name} has no value`, start);
  const valueLine = cursor.lineNumber(cursor.at);
  try {
    const value = readExpression(cursor, scope);
    const holds = modifiers(cursor, scope);
    cursor.skipBlanks();
    const rest = cursor.rest();
    if (rest !== '' && !/^[#;]/.test(rest)) {
      throw new UnreadableRuby(`cannot read \`${rest}\` after the value`, cursor.at);
    }
    const before = sign === '=' ? undefined : valueOf(name);
    const kept = before !== undefined && isTruthy(before) ? before : undefined;
    return { global: { name, value, line, valueLine }, isUnmade: !holds || kept !== undefined, kept };
  } catch (error) {
    if (error instanceof UnreadableRuby) throw new UnreadableRuby(`${name}: ${error.message}`, error.offset);
    throw error;
  }
}

/** Do the `if` and `unless` behind an assignment hold? */
function modifiers(cursor: RubyCursor, scope: RubyScope): boolean {
  let holds = true;
  for (;;) {
    const start = cursor.at;
    cursor.skipBlanks();
    const word = cursor.match(/(if|unless)(?=[\s(!])/y)?.[1];
    if (word === undefined) {
      cursor.at = start;
      return holds;
    }
    cursor.skipBlanks();
    if (isTruthy(readExpression(cursor, scope)) !== (word === 'if')) holds = false;
  }
}

function unreadable(error: UnreadableRuby, source: string, fileName: string): LabError {
  const line = new RubyCursor(source).lineNumber(error.offset);
  return new LabError({
    code: 'config.ruby',
    cause: `${fileName}:${line}: ${error.message}`,
    evidence: [(source.split('\n')[line - 1] ?? '').trim()],
    next:
      `Edit line ${line} of ${fileName}: write \`$name = value\` with a number, a quoted string, a symbol, true, ` +
      "false, nil, [value], {key => value} or ENV['NAME'] || value; other Ruby code is not run, put # in front of " +
      'the line to leave it out.',
  });
}
