import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** What the files of a recipe's directory add to its content key: name, mode and content of each. TypeScript is no part of it. */
export async function recipeParts(directory: string): Promise<(string | Buffer)[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const wanted = entries.filter((entry) => !entry.isDirectory() && !entry.name.endsWith('.ts'));
  const parts: (string | Buffer)[] = [];
  for (const path of wanted.map((entry) => join(entry.parentPath, entry.name)).sort()) {
    const { mode } = await stat(path);
    parts.push(`${relative(directory, path)} ${mode.toString(8)}`, await readFile(path));
  }
  return parts;
}
