import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { parse } from '../../host/json-text.ts';
import { type SnapshotRecord, snapshotSchema } from './snapshot-record.ts';

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;
const recordName = 'snapshot.json';
/** Of what is begun or going away; no snapshot's name begins so. */
const hidden = '.';

/** The supervisor of a command that was killed may still be writing into what is removed. */
const removal = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 } as const;

export type ListedSnapshot = { readonly name: string } & SnapshotRecord;

/**
 * The snapshots of a lab, in its state directory: they go with the lab. One is there from the moment at which its directory gets its
 * name, and gone from the moment at which it loses it; whatever has another name was left by a command that was killed.
 */
export class SnapshotStore {
  readonly #dir: string;

  /** @param stateDir of the lab */
  constructor(stateDir: string) {
    this.#dir = join(stateDir, 'snapshots');
  }

  /** Where the snapshot of that name is, or would be. */
  directory(name: string): string {
    return join(this.#dir, name);
  }

  /** Oldest first. What cannot be read is left out. */
  async list(): Promise<ListedSnapshot[]> {
    const names = (await readdir(this.#dir).catch(() => [])).filter(isSnapshotName);
    const found = await Promise.all(names.map(async (name) => ({ name, record: await this.#read(name) })));
    return found
      .flatMap(({ name, record }) => (record === undefined ? [] : [{ name, ...record }]))
      .sort((a, b) => a.at.localeCompare(b.at));
  }

  /** @throws LabError `usage.snapshot-name`, `missing.snapshot` naming those there are */
  async read(name: string): Promise<SnapshotRecord> {
    requireSnapshotName(name);
    const record = await this.#read(name);
    if (record !== undefined) return record;
    const names = (await this.list()).map((one) => one.name);
    const whole = existsSync(this.directory(name)) ? `snapshot ${name} is damaged` : `there is no snapshot ${name}`;
    throw new LabError({
      code: 'missing.snapshot',
      cause: `${whole}${names.length === 0 ? '; this lab has none' : `; this lab has ${names.join(', ')}`}`,
      next: names.length === 0 ? `lab snapshot save ${name}` : 'lab snapshot list',
    });
  }

  /** @throws LabError `usage.snapshot-name`, `state.snapshot-exists` */
  refuseTaken(name: string): void {
    requireSnapshotName(name);
    if (!existsSync(this.directory(name))) return;
    throw new LabError({
      code: 'state.snapshot-exists',
      cause: `there is a snapshot ${name} already`,
      next: `lab snapshot delete ${name}, or another name`,
    });
  }

  /** An empty directory to fill, which becomes a snapshot by `keep`. */
  async begin(name: string): Promise<string> {
    const directory = join(this.#dir, `${hidden}${name}.new`);
    await rm(directory, removal);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return directory;
  }

  /** Makes a directory that `begin` gave the snapshot of that name. @throws Node's error when the name is taken */
  async keep(name: string, directory: string, record: SnapshotRecord): Promise<void> {
    await writeFile(join(directory, recordName), `${JSON.stringify(record)}\n`);
    await rename(directory, this.directory(name));
  }

  /** Removes a snapshot: it is gone at once, its bytes a little later. @throws Node's error when there is none */
  async remove(name: string): Promise<void> {
    const going = join(this.#dir, `${hidden}${name}.gone`);
    await rm(going, removal);
    await rename(this.directory(name), going);
    await rm(going, removal);
  }

  /** Removes what killed commands left. To be called under the lab's lock. */
  async clear(): Promise<void> {
    for (const name of await readdir(this.#dir).catch(() => []))
      if (name.startsWith(hidden)) await rm(join(this.#dir, name), removal);
  }

  async #read(name: string): Promise<SnapshotRecord | undefined> {
    const text = await readFile(join(this.directory(name), recordName), 'utf8').catch(() => undefined);
    return text === undefined ? undefined : snapshotSchema.safeParse(parse(text)).data;
  }
}

/** Whether a snapshot can have this name; it is a directory's. Pure. */
function isSnapshotName(text: string): boolean {
  return namePattern.test(text);
}

/** @throws LabError `usage.snapshot-name` */
function requireSnapshotName(text: string): void {
  if (isSnapshotName(text)) return;
  throw new LabError({
    code: 'usage.snapshot-name',
    cause: `a snapshot's name is 1 to 40 characters of a-z, A-Z, 0-9 and . _ -, beginning with a letter or digit, not ${JSON.stringify(text.slice(0, 80))}`,
    next: 'lab snapshot save before-failover',
  });
}
