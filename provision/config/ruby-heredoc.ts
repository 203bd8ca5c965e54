import { UnreadableRuby, type RubyCursor } from './ruby-cursor.ts';
import { readToEnd } from './ruby-string.ts';
import type { RubyScope } from './ruby-scope.ts';

/**
 * The text of a heredoc (`<<EOS`, `<<-EOS`, `<<~EOS`, the name in quotes or not) that begins at the cursor; undefined: none does. Its
 * lines are those below the cursor's; they are made comments, so that whoever reads on passes over them.
 */
export function readHeredoc(cursor: RubyCursor, scope: RubyScope): string | undefined {
  const start = cursor.at;
  const found = cursor.match(/<<([-~]?)(?:([A-Z_a-z]\w*)|"([^"\n]+)"|'([^'\n]+)')/y);
  if (!found) return undefined;
  const [, indented = '', bare, double, single] = found;
  const name = bare ?? double ?? single ?? '';
  const body = cursor.takeLinesBelow((line) => (indented === '' ? line : line.trim()) === name);
  if (body === undefined) throw new UnreadableRuby(`no line below is ${name}, which ends this text`, start);
  const lines = indented === '~' ? withoutIndent(body.lines) : body.lines;
  const text = lines.map((line) => `${line}\n`).join('');
  return single === undefined ? readToEnd(text, scope, (line) => body.offsets[line - 1] ?? start) : text;
}

/** Takes away the blanks that every line begins with; a tab reaches to the next multiple of 8. Lines of blanks alone do not count. */
function withoutIndent(lines: readonly string[]): string[] {
  const widths = lines.filter((line) => line.trim() !== '').map((line) => widthOf(/^[ \t]*/.exec(line)?.[0] ?? ''));
  const least = Math.min(...widths);
  return lines.map((line) => {
    let at = 0;
    while (/[ \t]/.test(line.charAt(at)) && widthOf(line.slice(0, at + 1)) <= least) at += 1;
    return line.slice(at);
  });
}

function widthOf(blanks: string): number {
  let width = 0;
  for (const char of blanks) width = char === '\t' ? (Math.floor(width / 8) + 1) * 8 : width + 1;
  return width;
}
