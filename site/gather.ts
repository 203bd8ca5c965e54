import { readdir, readFile, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { readGuide } from '#guide/form/read-guide.ts';
import { chapterPage } from './chapter-page.ts';
import { chapterFolder, contents } from './contents.ts';
import { pageFile, targetOf } from './links.ts';
import { addressesIn, markdown, plainText, type Token } from './markdown.ts';

/** A source of the checkout, as Markdown. */
export interface SourcePage {
  /** Path below the checkout, with slashes. */
  readonly source: string;
  /** Path of its page below the site. */
  readonly file: string;
  readonly title: string;
  readonly text: string;
  readonly tokens: readonly Token[];
}

/** Where an address in a page leads: to a picture, or to a page and a heading there (empty: its beginning). */
export type Link = { readonly picture: string } | { readonly source: string; readonly heading: string };

export interface Gathered {
  readonly pages: readonly SourcePage[];
  /** Of each page, by its source: its links, by address. */
  readonly links: ReadonlyMap<string, ReadonlyMap<string, Link>>;
  /** By path below the checkout. */
  readonly pictures: ReadonlyMap<string, Buffer>;
  /** The contents, of pages' sources. */
  readonly sections: readonly { readonly title: string; readonly sources: readonly string[] }[];
}

/**
 * What the site is made of: the contents, and everything that a page names, from one to the next.
 * @throws LabError `input.docs` with file, line and remedy: a link to what is not there, or cannot be shown
 */
export async function gather(repoDir: string): Promise<Gathered> {
  const steps = await chapterPages(repoDir);
  const sections = contents.map(({ title, sources }) => ({
    title,
    sources: sources.flatMap((source) => (source === `${chapterFolder}/*` ? [...steps.keys()] : [source])),
  }));
  const pages = new Map<string, SourcePage>();
  const links = new Map<string, Map<string, Link>>();
  const pictures = new Map<string, Buffer>();
  const headings: (Place & { source: string; name: string })[] = [];
  const open = sections
    .flatMap(({ sources }) => sources)
    .map((source) => ({ source, from: 'site/contents.ts', line: 1 }));
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    if (pages.has(next.source)) continue;
    const text = steps.get(next.source) ?? (await textOf(repoDir, next));
    const page = pageOf(next.source, text);
    pages.set(page.source, page);
    const leads = new Map<string, Link>();
    links.set(page.source, leads);
    for (const { address, line } of addressesIn(page.tokens)) {
      const target = targetOf(page.source, address);
      const at = { from: page.source, line };
      if (target.kind === 'outside') throw wrong(repoDir, at, `a link out of the checkout: ${address}`);
      if (target.kind === 'picture') {
        pictures.set(target.source, await contentOf(repoDir, target.source, at));
        leads.set(address, { picture: target.source });
      }
      if (target.kind !== 'source') continue;
      const source = await sourceOf(repoDir, target.source);
      leads.set(address, { source, heading: target.heading });
      open.push({ source, ...at });
      if (target.heading !== '' && source.endsWith('.md')) headings.push({ source, name: target.heading, ...at });
    }
  }
  for (const { source, name, ...at } of headings)
    if (!hasHeading(pages.get(source), name)) throw wrong(repoDir, at, `a link to #${name}, which ${source} has not`);
  return { pages: [...pages.values()], links, pictures, sections };
}

/** A folder stands for its README, a step of the chapter for the page that is made of it. */
async function sourceOf(repoDir: string, path: string): Promise<string> {
  if (posix.dirname(path) === chapterFolder) return path.replace(/(?<=\/\d\d-[a-z0-9-]+)\.toml$/, '.md');
  const entries = await readdir(join(repoDir, path)).catch(() => undefined);
  return entries?.includes('README.md') === true ? posix.join(path, 'README.md') : path;
}

function pageOf(source: string, text: string): SourcePage {
  // Neither is a text: a byte order mark, and data that other tools put before one.
  const shown = text.replace(/^\uFEFF/, '').replace(/^---\r?\n[\s\S]*?\n---\r?\n/, '');
  const tokens = markdown.parse(shown, {});
  const heading = tokens.findIndex(({ type }) => type === 'heading_open');
  const title = heading === -1 ? '' : plainText(tokens[heading + 1]);
  return { source, file: pageFile(source), title: title === '' ? source : title, text: shown, tokens };
}

function hasHeading(page: SourcePage | undefined, name: string): boolean {
  return page?.tokens.some((token) => token.attrGet('id') === decodeURIComponent(name)) === true;
}

async function chapterPages(repoDir: string): Promise<Map<string, string>> {
  const guide = await readGuide(join(repoDir, chapterFolder), 'chapter');
  return new Map(
    guide.steps.map((step) => [
      posix.join(chapterFolder, `${posix.basename(step.file, '.toml')}.md`),
      chapterPage(step, guide),
    ]),
  );
}

/** Where a link stands. */
interface Place {
  readonly from: string;
  readonly line: number;
}

async function textOf(repoDir: string, { source, ...at }: Place & { source: string }): Promise<string> {
  const folder = await folderText(repoDir, source);
  if (folder !== undefined) return listing(source, folder);
  const content = await contentOf(repoDir, source, at);
  if (content.includes(0)) throw wrong(repoDir, at, `a link to ${source}, which is no text`);
  const text = content.toString();
  return source.endsWith('.md') ? text : listing(source, text);
}

/** Longest of a file that a page shows, bytes. */
const mostBytes = 8 * 1024 ** 2;

async function contentOf(repoDir: string, source: string, at: Place): Promise<Buffer> {
  const path = join(repoDir, source);
  const isThere = `a link to ${source}, which`;
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw wrong(
      repoDir,
      at,
      `${isThere} ${error.code === 'ENOENT' ? 'is not there' : `cannot be read (${error.code})`}`,
    );
  });
  if (!found.isFile()) throw wrong(repoDir, at, `${isThere} is no file`);
  if (found.size > mostBytes) throw wrong(repoDir, at, `${isThere} has more than ${mostBytes / 1024 ** 2} MiB`);
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw wrong(repoDir, at, `${isThere} cannot be read (${error.code})`);
  });
}

function wrong(repoDir: string, { from, line }: Place, what: string): LabError {
  return new LabError({
    code: 'input.docs',
    cause: `${from}:${line}: ${what}`,
    next: `correct the link in ${join(repoDir, from)}, or restore what it leads to`,
  });
}

/** A folder without a README: what is in it. */
async function folderText(repoDir: string, source: string): Promise<string | undefined> {
  const entries = await readdir(join(repoDir, source)).catch(() => undefined);
  return entries?.sort().join('\n');
}

/** A file that is no Markdown, as a page that shows it: fenced by more backticks than it has in a row. */
function listing(source: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `# ${source}\n\n${fence}\n${text.trimEnd()}\n${fence}\n`;
}
