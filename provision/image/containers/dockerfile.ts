import { LabError } from '#errors/lab-error.ts';

/** What decides how an image is built besides the Dockerfile's own text. */
export interface Dockerfile {
  /** Images named by FROM (not `scratch`, not earlier stages), in order. */
  readonly bases: readonly Reference[];
  /** Paths and patterns that COPY and ADD take from the build context, in order. */
  readonly sources: readonly Reference[];
}

export interface Reference {
  readonly text: string;
  /** 1-based line of the instruction. */
  readonly line: number;
}

/**
 * Reads FROM, COPY and ADD of a Dockerfile (Dockerfile reference: continuation lines, comments, flags, JSON form, stages).
 * @param file named in errors
 * @throws LabError `input.dockerfile` with file and line for what an offline, content-keyed build cannot honour:
 *   no FROM, variables in a source, a source fetched from the network, a source outside of the context, here-documents
 */
export function parseDockerfile(text: string, file: string): Dockerfile {
  const bases: Reference[] = [];
  const sources: Reference[] = [];
  const stages = new Set(['scratch']);
  for (const { keyword, rest, line } of instructions(text)) {
    const words = wordsOf(rest);
    if (keyword === 'FROM') {
      const [image = '', as, stage] = words.filter((word) => !word.startsWith('--'));
      if (image === '') throw refuse(file, line, 'FROM names no image', 'write: FROM lab/node:20');
      if (!stages.has(image)) bases.push({ text: image, line });
      if (as?.toUpperCase() === 'AS' && stage !== undefined) stages.add(stage);
    } else if (keyword === 'COPY' || keyword === 'ADD') {
      if (words.some((word) => word.startsWith('--from='))) continue;
      const paths = words.filter((word) => !word.startsWith('--')).slice(0, -1);
      for (const source of paths) checkSource(source, file, line);
      sources.push(...paths.map((source) => ({ text: source, line })));
    }
  }
  if (bases.length === 0 && !/^\s*FROM\s/im.test(text)) {
    throw refuse(file, 1, 'there is no FROM instruction', 'begin it with: FROM lab/node:20');
  }
  return { bases, sources };
}

function checkSource(source: string, file: string, line: number): void {
  if (source.includes('$'))
    throw refuse(file, line, `the source ${source} holds a variable`, 'write the path itself: sources decide the key');
  if (source.startsWith('<<'))
    throw refuse(
      file,
      line,
      'here-documents are not supported by this builder',
      'put the text into a file and COPY it',
    );
  if (/^\w+:\/\/|^git@/.test(source))
    throw refuse(file, line, `the source ${source} is on the network`, 'put the file beside the Dockerfile');
  if (source.split('/').includes('..'))
    throw refuse(file, line, `the source ${source} is outside of the build context`, 'copy from below the folder');
}

export interface Instruction {
  /** In capitals. */
  readonly keyword: string;
  readonly rest: string;
  /** 1-based line where it begins. */
  readonly line: number;
}

/** Pure. */
export function instructions(text: string): Instruction[] {
  const found: Instruction[] = [];
  let joined = '';
  let start = 0;
  for (const [i, raw] of text.split(/\r?\n/).entries()) {
    // Comments and empty lines may stand between the lines of one continued instruction.
    if (/^\s*(#|$)/.test(raw)) continue;
    if (joined === '') start = i + 1;
    joined += raw.replace(/\\\s*$/, ' ');
    if (/\\\s*$/.test(raw)) continue;
    const keyword = /\S+/.exec(joined)?.[0];
    // Nothing but line ends that go on.
    if (keyword !== undefined) {
      const rest = joined.trim().slice(keyword.length).trim();
      found.push({ keyword: keyword.toUpperCase(), rest, line: start });
    }
    joined = '';
  }
  return found;
}

/** Words of COPY and ADD: shell-like or, for paths with blanks, a JSON array after the flags. */
function wordsOf(rest: string): string[] {
  const [, flags, json] = /^((?:--\S+\s+)*)(\[.*\])$/.exec(rest) ?? [];
  if (flags === undefined || json === undefined) return rest.split(/\s+/).filter((word) => word !== '');
  try {
    const paths: unknown = JSON.parse(json);
    if (Array.isArray(paths)) return [...flags.split(/\s+/).filter((word) => word !== ''), ...paths.map(String)];
  } catch {
    // Docker, too, reads what is not valid JSON as plain words.
  }
  return rest.split(/\s+/);
}

function refuse(file: string, line: number, problem: string, next: string): LabError {
  return new LabError({ code: 'input.dockerfile', cause: `${file}:${line}: ${problem}`, next });
}
