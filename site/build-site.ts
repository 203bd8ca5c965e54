import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { LabError } from '#errors/lab-error.ts';
import { mustHave } from '#errors/must-have.ts';
import { shellWord } from '#provision/host/shell-word.ts';
import { withBuildLock } from '#provision/image/build-lock.ts';
import { contentKey, exists, publish, removeDebris, withWorkDirectory } from '#provision/image/cache.ts';
import { type Gathered, gather, type Link, type SourcePage } from './gather.ts';
import { relativeLink } from './links.ts';
import { searchEntries } from './search-index.ts';

/** Longest that Eleventy may take, ms: it takes two seconds. */
const writeMs = 120_000;

const writer = 'dist/site/write.js';

export interface Site {
  /** A directory of files that need no server. */
  readonly dir: string;
  readonly pages: number;
}

/**
 * Makes the site of a checkout, whole or not at all; one of the same content that is there already is taken.
 * @param parent where it goes, below a name made of its content
 * @throws LabError `input.docs` with file, line and remedy; `command.site`
 */
export async function buildSite(repoDir: string, parent: string): Promise<Site> {
  const gathered = await gather(repoDir);
  const files = await stagedFiles(repoDir, gathered);
  for (const [name, content] of gathered.pictures) files.set(join('files', name), content);
  const key = contentKey([...files, ['', await built(repoDir, writer)]].flat());
  const dir = join(parent, key);
  if (!(await exists(join(dir, 'index.html'))))
    await withBuildLock(
      parent,
      () => undefined,
      () => make(repoDir, parent, key, files),
    );
  return { dir, pages: gathered.pages.length };
}

/** Puts the site into its place, where somebody may have damaged it, or left one half made. */
async function make(
  repoDir: string,
  parent: string,
  key: string,
  files: ReadonlyMap<string, string | Buffer>,
): Promise<void> {
  await removeDebris(parent);
  await withWorkDirectory(parent, async (stage) => {
    for (const [name, content] of files) {
      await mkdir(dirname(join(stage, name)), { recursive: true });
      await writeFile(join(stage, name), content);
    }
    await runEleventy(repoDir, stage);
    await rm(join(parent, key), { recursive: true, force: true });
    await publish(parent, key, async (made) => cp(join(stage, '_site'), made, { recursive: true }));
  });
}

async function runEleventy(repoDir: string, stage: string): Promise<void> {
  const { failed, all } = await execa(process.execPath, [join(repoDir, writer)], {
    cwd: stage,
    reject: false,
    all: true,
    timeout: writeMs,
    stdin: 'ignore',
    env: { NO_COLOR: '1', FORCE_COLOR: undefined, DEBUG: undefined },
  });
  if (!failed) return;
  if (all.includes('ERR_MODULE_NOT_FOUND')) {
    throw new LabError({
      code: 'host.dependencies',
      cause: 'a package that makes the pages is not there',
      evidence: all.split('\n').filter((line) => line.includes('ERR_MODULE_NOT_FOUND')),
      next: `cd ${shellWord(repoDir)} && npm ci`,
    });
  }
  throw new LabError({
    code: 'command.site',
    cause: 'Eleventy could not write the site',
    evidence: all.split('\n').filter(Boolean).slice(0, 12),
    next: `cd ${shellWord(repoDir)} && npm run build, then lab docs once more`,
  });
}

/** A file of the lab's own build. */
async function built(repoDir: string, name: string): Promise<Buffer> {
  return readFile(join(repoDir, name)).catch((error: unknown) => {
    const next = `cd ${shellWord(repoDir)} && npm run build`;
    throw new LabError({ code: 'command.site', cause: `${name} of the build is not there`, next, error });
  });
}

/** Everything that Eleventy reads, by path below its directory. */
async function stagedFiles(repoDir: string, gathered: Gathered): Promise<Map<string, string | Buffer>> {
  const files = new Map<string, string | Buffer>();
  const fileOf = new Map(gathered.pages.map(({ source, file }) => [source, file]));
  for (const page of gathered.pages) {
    const data = { ...frameOf(page, gathered), links: linksOf(page, gathered, fileOf) };
    files.set(page.file.replace(/\.html$/, '.md'), `---json\n${JSON.stringify(data)}\n---\n${page.text}`);
  }
  const from = join(repoDir, 'site/page');
  files.set('_includes/page.njk', await readFile(join(from, 'page.njk'), 'utf8'));
  files.set('site.css', await readFile(join(from, 'site.css'), 'utf8'));
  files.set('search.js', await built(repoDir, 'dist/site/search.js'));
  files.set('search-data.js', `globalThis.searchEntries = ${JSON.stringify(searchEntries(gathered.pages))};\n`);
  return files;
}

/** What the layout shows around a page. Pure. */
function frameOf({ file, source, title }: SourcePage, { pages, sections }: Gathered): object {
  const bySource = new Map(pages.map((page) => [page.source, page]));
  const listed = sections.map((section) => ({
    title: section.title,
    pages: section.sources.flatMap((one) => {
      const page = bySource.get(one);
      return page === undefined
        ? []
        : [{ title: page.title, href: relativeLink(file, page.file), here: one === source }];
    }),
  }));
  const inOrder = listed.flatMap((section) => section.pages);
  const at = inOrder.findIndex(({ here }) => here);
  return {
    layout: 'page.njk',
    templateEngineOverride: 'md',
    permalink: file,
    title,
    base: relativeLink(file, '.') === '' ? '' : `${relativeLink(file, '.')}/`,
    sections: listed,
    // JSON has no undefined: a page that is not in the contents has neither.
    before: at > 0 ? inOrder[at - 1] : null,
    after: at === -1 ? null : (inOrder[at + 1] ?? null),
  };
}

/** Where each link of a page leads in the site. Pure. */
function linksOf(
  { source: here, file }: SourcePage,
  { links }: Gathered,
  fileOf: ReadonlyMap<string, string>,
): Record<string, string> {
  const lead = (link: Link): string => {
    if ('picture' in link) return relativeLink(file, `files/${link.picture}`);
    const heading = link.heading === '' ? '' : `#${link.heading}`;
    const to = mustHave(fileOf.get(link.source), `page of ${link.source}`);
    return link.source === here ? heading : `${relativeLink(file, to)}${heading}`;
  };
  return Object.fromEntries([...(links.get(here) ?? [])].map(([address, link]) => [address, lead(link)]));
}
