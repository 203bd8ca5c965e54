import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InstalledUnit } from './driver.ts';

/**
 * fleet's unit files on a machine: in a directory of their own, linked to where systemd finds them. Which of them were started is
 * remembered beside them, so that a new daemon adopts what runs.
 */
export interface UnitFiles {
  installed(): Promise<InstalledUnit[]>;
  write(name: string, text: string): Promise<void>;
  /** Has it an [Install] section? False of one that is not there. */
  wantsEnabling(name: string): Promise<boolean>;
  /** File, link and mark; what is not there is gone already. */
  remove(name: string): Promise<void>;
  markStarted(name: string): Promise<void>;
  unmarkStarted(name: string): Promise<void>;
}

export function unitFiles(unitsDirectory: string, linkDirectory: string): UnitFiles {
  const startedDirectory = join(unitsDirectory, '..', 'started');
  const file = (name: string): string => join(unitsDirectory, name);
  const link = (name: string): string => join(linkDirectory, name);
  const mark = (name: string): string => join(startedDirectory, name);
  return {
    async installed() {
      await mkdir(startedDirectory, { recursive: true });
      await mkdir(unitsDirectory, { recursive: true });
      const started = new Set(await readdir(startedDirectory));
      const present = (await readdir(unitsDirectory)).filter((name) => !name.startsWith('.')).sort();
      return Promise.all(
        present.map(async (name) => ({ name, text: await readFile(file(name), 'utf8'), started: started.has(name) })),
      );
    },
    async write(name, text) {
      await mkdir(linkDirectory, { recursive: true });
      await writeFile(file(name), text);
      await rm(link(name), { force: true });
      await symlink(file(name), link(name));
    },
    wantsEnabling: (name) => readFile(file(name), 'utf8').then(hasInstallSection, () => false),
    async remove(name) {
      for (const path of [link(name), file(name), mark(name)]) await rm(path, { force: true });
    },
    markStarted: (name) => writeFile(mark(name), ''),
    unmarkStarted: (name) => rm(mark(name), { force: true }),
  };
}

export function hasInstallSection(text: string): boolean {
  return /^\[Install\]/m.test(text);
}
