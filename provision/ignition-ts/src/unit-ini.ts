export interface IniSection {
  readonly name: string;
  readonly keys: readonly string[];
}

export type IniResult =
  { readonly sections: readonly IniSection[] } | { readonly problem: string; readonly line: number };

/** go-systemd's unit reader, which Ignition uses, refuses longer lines. */
const longestLineBytes = 2047;

/**
 * Whether a text is a systemd unit (systemd.syntax(7)), as far as Ignition and systemd read it alike.
 * @returns its sections in order, or the first problem and its 1-based line
 */
export function readIni(text: string): IniResult {
  const sections: { name: string; keys: string[] }[] = [];
  let continued = false;
  for (const [i, line] of text.split('\n').entries()) {
    // systemd takes CR LF for the end of a line; Ignition does not see that such a line goes on.
    const raw = line.endsWith('\\\r') ? line : line.replace(/\r$/, '');
    const problem = continued ? continuationProblem(raw) : lineProblem(raw, sections);
    if (problem !== undefined) return { problem, line: i + 1 };
    const isText: boolean = continued || !/^\s*(?:[#;[]|$)/.test(raw);
    continued = isText && raw.endsWith('\\');
  }
  if (continued)
    return { problem: 'the last line is continued by \\ but nothing follows', line: text.split('\n').length };
  return { sections };
}

function lineProblem(raw: string, sections: { name: string; keys: string[] }[]): string | undefined {
  if (new TextEncoder().encode(raw).length > longestLineBytes) return `is longer than ${longestLineBytes} bytes`;
  if (/[\0\r]/.test(raw)) return 'holds a carriage return or NUL character';
  const line = raw.trim();
  if (line === '' || /^[#;]/.test(line)) return undefined;
  if (line.startsWith('[')) {
    const name = /^\[([^[\]]+)\]$/.exec(line)?.[1];
    if (name === undefined) return `${JSON.stringify(line.slice(0, 40))} is no [Section] line`;
    sections.push({ name, keys: [] });
    return undefined;
  }
  const key = /^([A-Za-z0-9_-]+)\s*=/.exec(line)?.[1];
  if (key === undefined) return `${JSON.stringify(line.slice(0, 40))} is neither [Section] nor Key=value`;
  const section = sections.at(-1);
  if (!section) return `${key}= stands before the first [Section]`;
  section.keys.push(key);
  return undefined;
}

/** systemd skips a comment inside a continued line, Ignition takes it as part of the value: refused, so that both agree. */
function continuationProblem(raw: string): string | undefined {
  if (new TextEncoder().encode(raw).length > longestLineBytes) return `is longer than ${longestLineBytes} bytes`;
  if (/[\0\r]/.test(raw)) return 'holds a carriage return or NUL character';
  return /^\s*[#;]/.test(raw)
    ? 'a comment inside a continued line is read differently by Ignition and systemd'
    : undefined;
}
