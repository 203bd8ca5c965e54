import { createHash, randomBytes } from 'node:crypto';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

export interface FileDigests {
  /** SHA-256 of a file's content, in hex. */
  digest(file: string): string;
  /** Keeps what was learnt, for the next process. */
  save(): Promise<void>;
}

/** Below this size, reading a file costs about as much as asking for its state. */
const worthRemembering = 8 * 1024;
/** A file changed this recently may change again without a new time stamp (as in git's index: "racy" entries). */
const settledAfterMs = 2_000;

/**
 * Content digests that remember all but small files by inode, size, modification and change time in nanoseconds, so
 * that a warm start does not hash tens of megabytes again. No program can set a change time back, unlike the other. A memory that cannot be read is an empty one.
 * @param clock milliseconds since the epoch
 */
export async function openFileDigests(memoryFile: string, clock: () => number = Date.now): Promise<FileDigests> {
  const known = await readMemory(memoryFile);
  const learnt = new Map<string, Remembered>();
  return {
    digest: (file) => {
      const state = stateOf(file);
      if (state === undefined) return sha256File(file);
      const before = known.get(file);
      if (before?.state === state.text) return before.digest;
      const digest = sha256File(file);
      const unchanged = stateOf(file)?.text === state.text;
      if (unchanged && clock() - state.changedMs > settledAfterMs) learnt.set(file, { state: state.text, digest });
      return digest;
    },
    save: async () => {
      if (learnt.size === 0) return;
      // What cannot be kept is learnt anew next time: who only looks may not be allowed to write here.
      await keep().catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EACCES' && error.code !== 'EROFS') throw error;
      });
    },
  };
  async function keep(): Promise<void> {
    await mkdir(path.dirname(memoryFile), { recursive: true });
    const temporary = `${memoryFile}.${randomBytes(4).toString('hex')}`;
    // Builds give files new names; those of the last build need not be remembered for ever.
    const kept = [...known].filter(([file]) => existsSync(file));
    await writeFile(temporary, JSON.stringify(Object.fromEntries([...kept, ...learnt])));
    await rename(temporary, memoryFile);
  }
}

const remembered = z.object({ state: z.string(), digest: z.string().regex(/^[0-9a-f]{64}$/) });
type Remembered = Readonly<z.output<typeof remembered>>;

/** Undefined for a file too small to be worth remembering. */
function stateOf(file: string): { text: string; changedMs: number } | undefined {
  const { dev, ino, size, mtimeNs, ctimeNs } = lstatSync(file, { bigint: true });
  if (size < worthRemembering) return undefined;
  return { text: [dev, ino, size, mtimeNs, ctimeNs].join(' '), changedMs: Number(ctimeNs / 1_000_000n) };
}

/** SHA-256 of a file's content, in hex. Synchronous: for hundreds of small files, promises cost more than the reads. */
export function sha256File(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

async function readMemory(file: string): Promise<Map<string, Remembered>> {
  const memory = new Map<string, Remembered>();
  try {
    const parsed: unknown = JSON.parse(await readFile(file, 'utf8'));
    for (const [name, entry] of Object.entries(z.record(z.string(), z.unknown()).parse(parsed))) {
      const { data } = remembered.safeParse(entry);
      if (data !== undefined) memory.set(name, data);
    }
  } catch {
    // Nothing to remember from: every digest is computed.
  }
  return memory;
}
