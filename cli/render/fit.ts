import { stripVTControlCharacters } from 'node:util';
import { wrapAnsi } from 'fast-wrap-ansi';

/** A column narrower than this is hard to read: what would stand in it goes below instead. */
const leastColumn = 24;

/**
 * Text for a terminal of so many columns: what fits is left as it is. A paragraph with a line that is too long is folded at words;
 * its last column (behind two blanks or more) stays a column while there is room for one, else it goes below, indented.
 * @param columns Infinity for what is no terminal
 */
export function fit(text: string, columns: number): string {
  if (columns === Infinity) return text;
  const paragraphs = text.split(/(\n[^\S\n]*\n)/);
  return paragraphs.map((paragraph) => fitParagraph(paragraph, columns)).join('');
}

/**
 * Words on lines of at most `columns`; all but the first are indented. A command in backticks stays whole if a line can hold it;
 * else it gets lines of its own, which a shell takes as they are.
 * @param edge where the terminal ends, which may be behind `columns`: only there a command is broken
 */
export function fold(text: string, columns: number, indent = 0, edge = columns): string {
  if (columns === Infinity) return text;
  const room = Math.max(1, columns - indent);
  if (!text.includes('\n') && visibleWidth(text) <= room) return text;
  const margin = `\n${' '.repeat(indent)}`;
  const blocks = [''];
  for (const [index, part] of text.split(/(`[^`\n]+`[.,;:)]*)/).entries()) {
    const isCommand = index % 2 === 1;
    if (isCommand && visibleWidth(part) > room) blocks.push(part, '');
    else blocks[blocks.length - 1] += isCommand ? part.replaceAll(' ', noBreak) : part;
  }
  const folded = blocks.map((block, index) =>
    index % 2 === 1
      ? foldCommand(block, edge)
      : wrapAnsi(block.trim(), room, { hard: true }).replaceAll(noBreak, ' ').replaceAll('\n', margin),
  );
  return folded.reduce((above, block, index) => {
    if (block === '') return above;
    const isFirst = above === '' && visibleWidth(block) <= edge - indent;
    return `${above}${isFirst ? '' : index % 2 === 1 ? '\n' : margin}${block}`;
  });
}

/** At the margin: a backslash at the end of a line joins it to the next one, also in the middle of a word. */
export function foldCommand(command: string, columns: number): string {
  if (visibleWidth(command) <= columns) return command;
  const lines = wrapAnsi(command, Math.max(1, columns - 2), { hard: true }).split('\n');
  if (/['"]/.test(command)) return lines.join('\n');
  let rest = command;
  return lines
    .map((line) => {
      rest = rest.slice(line.length);
      const joint = rest === '' ? '' : rest.startsWith(' ') ? ' \\' : '\\';
      rest = rest.trimStart();
      return `${line}${joint}`;
    })
    .join('\n');
}

/** Text for one line: what does not fit is cut off behind a word, if one ends near, and marked. */
export function shortened(text: string, room: number): string {
  if (text.length <= room) return text;
  const cut = text.slice(0, Math.max(1, room - 1));
  const words = cut.replace(/\s+\S*$/, '');
  return `${/\s/.test(text.charAt(cut.length)) || words.length < room / 2 ? cut.trimEnd() : words}…`;
}

/** Columns that a text takes, colours aside. */
export function visibleWidth(text: string): number {
  return stripVTControlCharacters(text).length;
}

const noBreak = '\u00a0';

function fitParagraph(paragraph: string, columns: number): string {
  const lines = paragraph.split('\n');
  if (lines.every((line) => visibleWidth(line) <= columns)) return paragraph;
  const parts = lines.map(columnsOfLine);
  const widest = Math.max(...parts.map(({ head }) => head.length));
  const isColumn = columns - widest >= leastColumn;
  return parts
    .map(({ indent, head, rest }) => {
      // A line that belongs to the last column of the one above.
      const deep = columns - indent < leastColumn;
      const own = ' '.repeat(deep ? Math.min(4, indent, columns - 1) : indent);
      if (head === '') return `${own}${fold(rest, columns, own.length)}`;
      if (isColumn) return `${head}${fold(rest, columns, head.length)}`;
      const below = Math.min(own.length + 4, columns - 1);
      const title = `${own}${fold(head.trim(), columns, own.length)}`;
      return `${title}\n${' '.repeat(below)}${fold(rest, columns, below)}`;
    })
    .join('\n');
}

/** What stands before the last column, blanks included ('' where there is only one), and the last column. */
function columnsOfLine(line: string): { indent: number; head: string; rest: string } {
  const indent = visibleWidth(line) - stripVTControlCharacters(line).trimStart().length;
  // Coloured lines are sentences.
  const head = visibleWidth(line) === line.length ? (/^\s*\S.*\s{2,}(?=\S)/.exec(line)?.[0] ?? '') : '';
  return { indent, head, rest: line.slice(head.length) };
}
