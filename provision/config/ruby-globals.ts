import { LabError } from '../../errors/lab-error.ts';
import { readLiteral, type RubyLiteral } from './ruby-literal.ts';

export interface RubyGlobal {
  readonly name: string;
  readonly value: RubyLiteral;
  readonly line: number;
}

export interface RubyGlobals {
  /** In file order; an early assignment of the same name is kept, the last one wins (as in Ruby). */
  readonly globals: readonly RubyGlobal[];
  /** Lines of the sample's discovery token block, which a lab with a static etcd bootstrap does not need. */
  readonly discoveryBlock?: { readonly firstLine: number; readonly lastLine: number };
}

/**
 * Reads the assignments of a config.rb in the style of coreos-vagrant, without Ruby: comments and `$name = literal` lines.
 * Nothing is skipped in silence: a line outside this grammar throws LabError config.ruby with its line and what to do.
 * The one piece of code in coreos-vagrant's own sample, the discovery token block, is known and reported back.
 */
export function readRubyGlobals(text: string, fileName: string): RubyGlobals {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n/);
  const globals: RubyGlobal[] = [];
  let discoveryBlock: RubyGlobals['discoveryBlock'];
  for (let i = 0; i < lines.length; i++) {
    const line = (lines[i] ?? '').trim();
    if (line === '__END__' && lines[i] === '__END__') break;
    if (line === '' || line.startsWith('#')) continue;
    if (lines[i]?.startsWith('=begin')) {
      i = endOf(lines, i, (l) => l.startsWith('=end'), fileName, '=end');
    } else if (discoveryCondition.test(line)) {
      const last = endOf(lines, i, (l) => /^end\b\s*(#.*)?$/.test(l), fileName, 'end');
      discoveryBlock = { firstLine: i + 1, lastLine: last + 1 };
      i = last;
    } else {
      const statement = joinHash(lines, i);
      globals.push(assignment(statement.text, globals, { fileName, line: i + 1 }));
      i = statement.lastLine;
    }
  }
  return discoveryBlock ? { globals, discoveryBlock } : { globals };
}

const discoveryCondition = /^if File\.exists?\?\((['"])user-data\1\)\s*&&\s*ARGV\[0\]\.eql\?\((['"])up\2\)\s*(#.*)?$/;

function endOf(lines: readonly string[], from: number, ends: (line: string) => boolean, file: string, word: string) {
  const found = lines.findIndex((line, i) => i > from && ends(line));
  if (found >= 0) return found;
  throw unreadable({ fileName: file, line: from + 1 }, `this block has no closing ${word}`, lines[from] ?? '');
}

/** A hash may span lines: the statement then ends with the line on which its brace is closed. */
function joinHash(lines: readonly string[], from: number): { text: string; lastLine: number } {
  let text = (lines[from] ?? '').trim();
  let lastLine = from;
  if (!/^\$\w+\s*=\s*\{/.test(text)) return { text, lastLine };
  while (!text.includes('}') && lastLine + 1 < lines.length) {
    lastLine += 1;
    const next = (lines[lastLine] ?? '').trim();
    if (!next.startsWith('#')) text += ` ${next}`;
  }
  return { text, lastLine };
}

interface Place {
  readonly fileName: string;
  readonly line: number;
}

function assignment(text: string, earlier: readonly RubyGlobal[], place: Place): RubyGlobal {
  const parts = /^(\$[A-Za-z_]\w*)\s*=(?![=~>])\s*(.*)$/s.exec(text);
  if (!parts) throw unreadable(place, 'is not a `$name = value` line', text);
  const [, name = '', source = ''] = parts;
  if (source === '' || source.startsWith('#')) throw unreadable(place, `${name} has no value`, text);
  const lookup = (variable: string): RubyLiteral | undefined => earlier.findLast((g) => g.name === variable)?.value;
  const result = readLiteral(source, lookup);
  if ('problem' in result) throw unreadable(place, `${name}: ${result.problem}`, text);
  return { name, value: result.value, line: place.line };
}

function unreadable(place: Place, problem: string, text: string): LabError {
  return new LabError({
    code: 'config.ruby',
    cause: `${place.fileName}:${place.line}: ${problem}`,
    evidence: [text],
    next:
      `Edit line ${place.line} of ${place.fileName}: write \`$name = value\` with a number, a quoted string, true, ` +
      'false, nil or {key => value}; Ruby code is not run, put # in front of the line to leave it out.',
  });
}
