import { mkdtemp, readdir, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LabError } from '#errors/lab-error.ts';
import { cacheDirectory } from '#provision/config/load-config.ts';
import { buildSite, type Site } from '#site/build-site.ts';
import { openInBrowser } from '../open-in-browser.ts';
import { printOut } from '../render/terminal.ts';

/**
 * `lab docs`: README, docs and the guide's steps as a site that needs no server; made once for each state of the sources.
 * @throws LabError `state.docs-directory`: `--to` names a directory with something in it; `host.docs`: nothing can be written there; as `buildSite`
 */
export async function docs(repoDir: string, options: { to?: string; open?: boolean; json?: boolean }): Promise<void> {
  const { dir, pages } =
    options.to === undefined
      ? await writable(resolve(cacheDirectory(process.env), 'docs'), (parent) => buildSite(repoDir, parent))
      : await buildTo(repoDir, options.to);
  const index = join(dir, 'index.html');
  if (options.json === true) console.log(JSON.stringify({ dir, index, pages }));
  else printOut(`${pages} pages, for any browser: ${pathToFileURL(index).href}`);
  if (options.open === true) await openInBrowser(index);
}

/** Whole, by one rename, or not at all. */
async function buildTo(repoDir: string, wanted: string): Promise<Site> {
  const named = resolve(wanted);
  // A link to an empty directory stands for that.
  const to = await realpath(named).catch(() => named);
  await requireEmpty(to);
  return writable(dirname(to), async (parent) => {
    const scratch = await mkdtemp(join(parent, '.lab-docs-'));
    try {
      const { dir, pages } = await buildSite(repoDir, scratch);
      await rename(dir, to);
      return { dir: to, pages };
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  });
}

/** Nothing of somebody's is written over. */
async function requireEmpty(dir: string): Promise<void> {
  const inside = await readdir(dir).catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? [] : [dir]));
  if (inside.length > 0) throw occupied(dir);
}

function occupied(dir: string): LabError {
  return new LabError({
    code: 'state.docs-directory',
    cause: `${dir} is no empty directory, and the site would be written among what is there`,
    next: `lab docs --to another directory, or without --to`,
  });
}

async function writable(parent: string, write: (parent: string) => Promise<Site>): Promise<Site> {
  try {
    return await write(parent);
  } catch (error) {
    if (error instanceof LabError || !(error instanceof Error) || !('code' in error)) throw error;
    // Somebody put something there meanwhile.
    if (error.code === 'ENOTEMPTY' || error.code === 'EEXIST') throw occupied(parent);
    throw new LabError({
      code: 'host.docs',
      cause: `the pages cannot be written below ${parent}: ${error.message}`,
      next: 'lab docs --to a directory that can be written, with some megabytes of room',
      error,
    });
  }
}
