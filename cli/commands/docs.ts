import { cp, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { cacheDirectory } from '#provision/config/load-config.ts';
import { buildSite } from '#site/build-site.ts';
import { openInBrowser } from '../open-in-browser.ts';
import { printOut } from '../render/terminal.ts';

/**
 * `lab docs`: README, docs and the guide's steps as a site that needs no server; made once for each state of the sources.
 * @throws LabError `state.docs-directory`: `--to` names a directory with something in it; as `buildSite`
 */
export async function docs(repoDir: string, options: { to?: string; open?: boolean; json?: boolean }): Promise<void> {
  const to = options.to === undefined ? undefined : resolve(options.to);
  if (to !== undefined) await requireEmpty(to);
  const { dir, pages } = await buildSite(repoDir, join(cacheDirectory(process.env), 'docs'));
  if (to !== undefined) await cp(dir, to, { recursive: true });
  const index = join(to ?? dir, 'index.html');
  if (options.json === true) console.log(JSON.stringify({ dir: to ?? dir, index, pages }));
  else printOut(`${pages} pages, for any browser: file://${encodeURI(index)}`);
  if (options.open === true) await openInBrowser(index);
}

/** Nothing of somebody's is written over. */
async function requireEmpty(dir: string): Promise<void> {
  const inside = await readdir(dir).catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? [] : [dir]));
  if (inside.length === 0) return;
  throw new LabError({
    code: 'state.docs-directory',
    cause: `${dir} is no empty directory, and the site would be written among what is there`,
    next: `lab docs --to another directory, or without --to`,
  });
}
