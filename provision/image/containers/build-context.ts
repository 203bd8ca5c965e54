import { constants, existsSync, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { chmod, copyFile, mkdir, readlink, stat, symlink, utimes } from 'node:fs/promises';
import path from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { contentKey } from '../cache.ts';
import type { Reference } from './dockerfile.ts';

/** One file or symbolic link of a build context. */
export interface ContextEntry {
  /** Path relative to the context, with `/`. */
  readonly path: string;
  readonly file: string;
  readonly kind: 'file' | 'link';
  readonly executable: boolean;
}

/**
 * The files of `folder` that the Dockerfile's COPY and ADD name, sorted and without doubles: nothing else of the folder
 * (sources, node_modules) reaches the build or its key.
 * @throws LabError `state.not-built` for a missing `dist` or `proto` (the build makes them), `input.dockerfile` for any other source that matches nothing
 */
export function contextEntries(folder: string, sources: readonly Reference[], dockerfile: string): ContextEntry[] {
  const found = new Map<string, ContextEntry>();
  for (const source of sources) {
    const segments = source.text.split('/').filter((segment) => segment !== '' && segment !== '.');
    const matches = match(folder, '', segments);
    if (matches.length === 0) throw nothingToCopy(source, segments, dockerfile);
    for (const entry of matches) found.set(entry.path, entry);
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * Key of the entries' paths, contents, link targets and executable bits; times and owners do not count.
 * @param digest SHA-256 of a file's content
 */
export function contextKey(entries: readonly ContextEntry[], digest: (file: string) => string): string {
  return contentKey(
    entries.flatMap(({ path: name, file, kind, executable }) => [
      name,
      kind,
      executable ? 'x' : '-',
      kind === 'link' ? readlinkSync(file) : digest(file),
    ]),
  );
}

/**
 * Copies the entries below `target`, keeping modification times: a web server derives its ETags from them.
 * @returns the copies as entries
 */
export async function stageContext(entries: readonly ContextEntry[], target: string): Promise<ContextEntry[]> {
  for (const entry of entries) {
    const to = path.join(target, entry.path);
    await mkdir(path.dirname(to), { recursive: true });
    if (entry.kind === 'link') {
      await symlink(await readlink(entry.file), to);
      continue;
    }
    await copyFile(entry.file, to, constants.COPYFILE_FICLONE);
    // A clone made under umask 077 has files that an image's own user could not read.
    await chmod(to, entry.executable ? 0o755 : 0o644);
    const { atime, mtime } = await stat(entry.file);
    await utimes(to, atime, mtime);
  }
  return entries.map((entry) => ({ ...entry, file: path.join(target, entry.path) }));
}

/** Entries below `folder/at` that the remaining segments (Go's filepath.Match: `*` and `?`) match. */
function match(folder: string, at: string, segments: readonly string[]): ContextEntry[] {
  const [segment, ...rest] = segments;
  const here = path.join(folder, at);
  if (segment === undefined) return everythingAt(folder, at);
  if (!/[*?]/.test(segment)) return match(folder, path.posix.join(at, segment), rest);
  if (!existsSync(here)) return [];
  const literal = segment.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  const pattern = new RegExp(`^${literal.replaceAll('*', '[^/]*').replaceAll('?', '[^/]')}$`);
  const names = readdirSync(here).filter((name) => pattern.test(name));
  return names.flatMap((name) => match(folder, path.posix.join(at, name), rest));
}

function everythingAt(folder: string, at: string): ContextEntry[] {
  const file = path.join(folder, at);
  const info = lstatSync(file, { throwIfNoEntry: false });
  if (info === undefined) return [];
  if (info.isDirectory()) return readdirSync(file).flatMap((name) => everythingAt(folder, path.posix.join(at, name)));
  const kind = info.isSymbolicLink() ? 'link' : 'file';
  return [{ path: at, file, kind, executable: kind === 'file' && (info.mode & 0o100) !== 0 }];
}

function nothingToCopy(source: Reference, segments: readonly string[], dockerfile: string): LabError {
  const cause = `${dockerfile}:${source.line} copies ${source.text}, and there is no such file`;
  return segments[0] === 'dist' || segments[0] === 'proto'
    ? new LabError({ code: 'state.not-built', cause, next: 'build the apps first: npm run build' })
    : new LabError({ code: 'input.dockerfile', cause, next: 'correct the path: it is relative to the Dockerfile' });
}
