import { readdir, readFile } from 'node:fs/promises';
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

export interface Gathered {
  readonly pages: readonly SourcePage[];
  /** Paths below the checkout. */
  readonly pictures: readonly string[];
  /** The contents, of pages' sources. */
  readonly sections: readonly { readonly title: string; readonly sources: readonly string[] }[];
}

/**
 * What the site is made of: the contents, and everything that a page names, from one to the next.
 * @throws LabError `input.docs` with file, line and remedy: a link to what is not there
 */
export async function gather(repoDir: string): Promise<Gathered> {
  const steps = await chapterPages(repoDir);
  const sections = contents.map(({ title, sources }) => ({
    title,
    sources: sources.flatMap((source) => (source === `${chapterFolder}/*` ? [...steps.keys()] : [source])),
  }));
  const pages = new Map<string, SourcePage>();
  const pictures = new Set<string>();
  const open = sections
    .flatMap(({ sources }) => sources)
    .map((source) => ({ source, from: 'site/contents.ts', line: 1 }));
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    if (pages.has(next.source)) continue;
    const text = steps.get(next.source) ?? (await textOf(repoDir, next));
    const page = pageOf(next.source, text);
    pages.set(page.source, page);
    for (const { address, line } of addressesIn(page.tokens)) {
      const target = targetOf(page.source, address);
      if (target.kind === 'picture') pictures.add(target.source);
      if (target.kind !== 'source') continue;
      const source = await sourceOf(repoDir, target.source);
      open.push({ source, from: page.source, line });
    }
  }
  return { pages: [...pages.values()], pictures: [...pictures], sections };
}

/** A folder stands for its README, a step of the chapter for the page that is made of it. */
export async function sourceOf(repoDir: string, path: string): Promise<string> {
  if (posix.dirname(path) === chapterFolder) return path.replace(/(?<=\/\d\d-[a-z0-9-]+)\.toml$/, '.md');
  const entries = await readdir(join(repoDir, path)).catch(() => undefined);
  return entries?.includes('README.md') === true ? posix.join(path, 'README.md') : path;
}

function pageOf(source: string, text: string): SourcePage {
  const tokens = markdown.parse(text, {});
  const heading = tokens.findIndex(({ type }) => type === 'heading_open');
  return { source, file: pageFile(source), title: plainText(tokens[heading + 1]), text, tokens };
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

async function textOf(
  repoDir: string,
  { source, from, line }: { source: string; from: string; line: number },
): Promise<string> {
  const text = await readFile(join(repoDir, source), 'utf8').catch(() => folderText(repoDir, source));
  if (text === undefined) {
    throw new LabError({
      code: 'input.docs',
      cause: `${from}:${line}: a link to ${source}, which is not there`,
      next: `correct the link in ${join(repoDir, from)}, or restore the file`,
    });
  }
  return source.endsWith('.md') ? text : listing(source, text);
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
