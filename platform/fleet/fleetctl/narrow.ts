/** The columns of a terminal, or Infinity: a file or a program gets whole lines, as does a terminal that does not say its width. */
export function columnsOf(stream: Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>): number {
  return stream.isTTY ? stream.columns || Infinity : Infinity;
}

/** Words on lines of at most so many columns, all but the first indented; a word that is longer is divided. Pure. */
export function folded(text: string, columns: number, indent = 0): string {
  if (indent + text.length <= columns) return text;
  const room = Math.max(1, columns - indent);
  const lines = [''];
  for (let word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line === '' || line.length + 1 + word.length <= room)
      lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
    else lines.push(word);
    while ((word = lines.at(-1) ?? '').length > room) lines.splice(-1, 1, word.slice(0, room), word.slice(room));
  }
  return lines.join(`\n${' '.repeat(indent)}`);
}

/** `  head   text`, or where that is too wide the text below its head. Pure. */
export function entry(head: string, width: number, text: string, columns: number): string {
  const line = `  ${head.padEnd(width)} ${text}`;
  return line.length <= columns ? line : `  ${folded(head, columns, 2)}\n      ${folded(text, columns, 6)}`;
}
