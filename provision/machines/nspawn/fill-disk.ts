import { type FileHandle, open, readdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/** The machine sees neither: they lie beside its root and Docker's directory. */
const prefix = 'filler.';

/** What is freed under the fault (journald throws old files away) is taken again this often, ms. */
const lookEveryMs = 200;

/** Of the machines' file systems. */
const blockBytes = 4096;

/** Less than this is written; more is only allocated, which writes nothing. Leaves room for the allocation's own blocks. */
const writtenBytes = 8 * 1024 * 1024;

/**
 * Leaves no free byte in the file system mounted at `disk`, for root neither, until it is undone. What is allocated
 * already can still be overwritten, as on any full disk.
 * @returns how to undo it
 * @throws Error of the file system, other than that it is full; nothing is left then
 */
export async function fillDisk(disk: string): Promise<() => Promise<void>> {
  let last = fill(disk);
  const timer = setInterval(() => {
    last = last.then(() => fill(disk)).catch(() => undefined);
  }, lookEveryMs);
  const undo = async () => {
    clearInterval(timer);
    await last.catch(() => undefined);
    await removeFiller(disk);
  };
  await last.catch(async (error: unknown) => {
    await undo();
    throw error;
  });
  return undo;
}

/** Gives the space back; no-op without a filler. */
export async function removeFiller(disk: string): Promise<void> {
  for (const name of await pieces(disk)) await rm(join(disk, name), { force: true });
}

/** How much of the free space is to be allocated without writing it, bytes. Pure. */
export function bulkOf(freeBytes: number): number {
  return Math.max(0, freeBytes - writtenBytes);
}

async function fill(disk: string): Promise<void> {
  const free = await freeBytes(disk);
  if (free === 0) return;
  const bulk = bulkOf(free);
  // The machine may take some of it meanwhile; then the next look allocates the rest.
  if (bulk > 0) {
    const name = join(disk, `${prefix}${(await pieces(disk)).length}`);
    await execa('fallocate', ['--length', String(bulk), name], { reject: false });
  }
  if (bulkOf(await freeBytes(disk)) === 0) await writeUntilFull(join(disk, `${prefix}tail`));
}

/** A write that does not fit in whole may be refused in whole: it is halved down to the size of a block. */
async function writeUntilFull(file: string): Promise<void> {
  const handle = await open(file, 'a');
  try {
    for (let bytes = 256 * 1024; bytes >= blockBytes; bytes /= 2) await writeWhileItFits(handle, Buffer.alloc(bytes));
  } finally {
    await handle.close();
  }
}

async function writeWhileItFits(handle: FileHandle, zeros: Buffer): Promise<void> {
  try {
    for (;;) await handle.write(zeros);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

async function freeBytes(disk: string): Promise<number> {
  const { bavail, bsize } = await statfs(disk);
  return bavail * bsize;
}

async function pieces(disk: string): Promise<string[]> {
  return (await readdir(disk)).filter((name) => name.startsWith(prefix));
}
