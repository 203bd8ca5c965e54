import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { it } from 'vitest';
import { expectKept } from './kept-text.ts';

/**
 * One test for each `.txt` file of a directory: a transcript, in the form that etcd's raft has them. Commands stand on lines of
 * their own; below them, after `----`, what they say, up to an empty line; `#` begins a comment. `REWRITE=1 npx vitest run
 * PATH` writes what is said now into the files.
 * @param begin the commands of a fresh world, for each file
 */
export function transcriptTests(directory: string, begin: () => Commands): void {
  const names = readdirSync(directory)
    .filter((name) => name.endsWith('.txt'))
    .sort();
  it.each(names)('%s', async (name) => {
    const file = join(directory, name);
    const text = readFileSync(file, 'utf8');
    expectKept(file, await replay(relative(process.cwd(), file), text, begin()));
  });
}

/** What a command does; what it returns are lines to be said, '' for none. */
export type Command = (words: Words) => string | Promise<string>;

/** By name, of one or two words (`machine add`). */
export type Commands = Readonly<Record<string, Command>>;

/**
 * The text with what its commands say now.
 * @param file name for errors
 * @throws Error naming file and line: an unknown command, a word that the command does not take, a command that failed
 */
export async function replay(file: string, text: string, commands: Commands): Promise<string> {
  const written: string[] = [];
  let said: string[] | undefined;
  let below = false;
  const close = () => {
    if (said !== undefined) written.push('----', ...(said.length === 0 ? ['ok'] : said));
    said = undefined;
    below = false;
  };
  for (const [index, line] of text.trimEnd().split('\n').entries()) {
    const at = `${file}:${index + 1}`;
    if (line.trim() === '') {
      close();
      written.push('');
    } else if (line === '----') {
      if (said === undefined) throw new Error(`${at}: ---- stands below no command`);
      below = true;
    } else if (!below) {
      written.push(line);
      if (!line.startsWith('#')) said = [...(said ?? []), ...(await run(at, line, commands))];
    }
  }
  close();
  return `${written.join('\n')}\n`;
}

async function run(at: string, line: string, commands: Commands): Promise<string[]> {
  const all = line.trim().split(/\s+/);
  const name = [all.slice(0, 2).join(' '), all[0] ?? ''].find((words) => Object.hasOwn(commands, words));
  const command = name === undefined ? undefined : commands[name];
  if (name === undefined || command === undefined) {
    throw new Error(`${at}: unknown command "${line.trim()}"; known: ${Object.keys(commands).join(', ')}`);
  }
  const words = new Words(all.slice(name.split(' ').length));
  const said = await Promise.resolve(words)
    .then(command)
    .catch((error: unknown) => {
      throw new Error(`${at}: ${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    });
  if (words.left().length > 0) throw new Error(`${at}: ${name} does not take ${words.left().join(' ')}`);
  if (/\n\s*\n/.test(said)) throw new Error(`${at}: ${name} says an empty line, which would end what is said`);
  return said === '' ? [] : said.split('\n');
}

/** The words behind a command: plain ones in their order, and `key=value`, a key as often as it is given. */
export class Words {
  readonly #plain: string[];
  readonly #pairs: [key: string, value: string][];

  constructor(words: readonly string[]) {
    this.#plain = words.filter((word) => !word.includes('='));
    this.#pairs = words
      .filter((word) => word.includes('='))
      .map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]);
  }

  /** The next plain word. */
  next(what: string): string {
    const word = this.#plain.shift();
    if (word === undefined) throw new Error(`${what} is missing`);
    return word;
  }

  /** Is this plain word there? */
  has(word: string): boolean {
    const index = this.#plain.indexOf(word);
    if (index >= 0) this.#plain.splice(index, 1);
    return index >= 0;
  }

  values(key: string): string[] {
    const values = this.#pairs.filter((pair) => pair[0] === key).map((pair) => pair[1]);
    this.#pairs.splice(0, Infinity, ...this.#pairs.filter((pair) => pair[0] !== key));
    return values;
  }

  /** All pairs that nobody has asked for. */
  pairs(): Record<string, string> {
    return Object.fromEntries(this.#pairs.splice(0));
  }

  left(): string[] {
    return [...this.#plain, ...this.#pairs.map(([key, value]) => `${key}=${value}`)];
  }
}
