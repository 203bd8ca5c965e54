import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { LabError } from '#errors/lab-error.ts';

export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
}

/** The page by its paths, `/index.html` and others: what is not in it is not served, whatever a request says. */
export type PageFiles = ReadonlyMap<string, PageFile>;

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/** Reads the page that Vite has built. @throws LabError `internal.build` where there is none */
export async function readPageFiles(dir: string): Promise<PageFiles> {
  const names = await readdir(dir, { recursive: true }).catch(() => []);
  const files = new Map<string, PageFile>();
  for (const name of names) {
    const type = types[extname(name)];
    if (type !== undefined) files.set(`/${name}`, { type, body: await readFile(join(dir, name)) });
  }
  if (files.has('/index.html')) return files;
  throw new LabError({
    code: 'internal.build',
    cause: `the page of the dashboard is not built: ${dir}`,
    next: 'npm run build',
  });
}
