import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** A file of the console's page, all of which are text. */
export interface PageFile {
  readonly type: string;
  readonly path: string;
}

/** The page by its paths below /ui/, with `/`: what is not in it is not served, whatever a request says. */
export type PageFiles = ReadonlyMap<string, PageFile>;

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html;charset=utf-8',
  '.js': 'text/javascript;charset=utf-8',
  '.css': 'text/css;charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Lists the page that Vite built. Empty where none was built. */
export async function listPageFiles(directory: string): Promise<PageFiles> {
  const files = new Map<string, PageFile>();
  for (const entry of await entriesOf(directory)) {
    const type = types[extname(entry)];
    if (type !== undefined) files.set(entry, { type, path: join(directory, entry) });
  }
  return files;
}

async function entriesOf(directory: string): Promise<string[]> {
  try {
    return await readdir(directory, { recursive: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
