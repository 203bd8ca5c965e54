import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { InstalledUnit } from './driver.ts';

/**
 * fleet's unit files on a machine: in a directory of their own, linked to where systemd finds them. Which of them were started, and
 * which of those systemd was asked to stop, is remembered beside them, so that a new daemon adopts what runs. They are small and in memory (tmpfs): reading all of them at once takes a
 * tenth of the time that handing each to a thread would.
 */
export interface UnitFiles {
  /** Every file that is there, by name. */
  installed(): InstalledUnit[];
  /** Writes or replaces a file, and links it; systemd reads it at its next reload. */
  write(name: string, text: string): void;
  /** Has it an [Install] section? False of one that is not there. */
  wantsEnabling(name: string): boolean;
  /** File, link and mark; what is not there is gone already. */
  remove(name: string): void;
  /** Remembers that the unit was started. */
  markStarted(name: string): void;
  /** Remembers of a unit that counts as started that systemd is asked to stop it; one that does not is left as it is. */
  markStopping(name: string): void;
  /** Forgets that the unit was started, if it was remembered. */
  unmarkStarted(name: string): void;
}

/**
 * @param unitsDirectory where the files lie
 * @param linkDirectory where systemd looks for them
 */
export function unitFiles(unitsDirectory: string, linkDirectory: string): UnitFiles {
  const startedDirectory = join(unitsDirectory, '..', 'started');
  const stoppingDirectory = join(unitsDirectory, '..', 'stopping');
  const file = (name: string): string => join(unitsDirectory, name);
  const link = (name: string): string => join(linkDirectory, name);
  const mark = (name: string): string => join(startedDirectory, name);
  const stoppingMark = (name: string): string => join(stoppingDirectory, name);
  return {
    installed() {
      for (const directory of [startedDirectory, stoppingDirectory, unitsDirectory])
        mkdirSync(directory, { recursive: true });
      const started = new Set(readdirSync(startedDirectory));
      const stopping = new Set(readdirSync(stoppingDirectory));
      const present = readdirSync(unitsDirectory).filter((name) => !name.startsWith('.'));
      return present.sort().map((name) => ({
        name,
        text: readFileSync(file(name), 'utf8'),
        started: started.has(name) || stopping.has(name),
        stopping: stopping.has(name),
      }));
    },
    write(name, text) {
      for (const directory of [unitsDirectory, linkDirectory]) mkdirSync(directory, { recursive: true });
      writeFileSync(file(name), text);
      rmSync(link(name), { force: true });
      symlinkSync(file(name), link(name));
    },
    wantsEnabling(name) {
      try {
        return hasInstallSection(readFileSync(file(name), 'utf8'));
      } catch {
        return false;
      }
    },
    remove(name) {
      for (const path of [link(name), file(name), mark(name), stoppingMark(name)]) rmSync(path, { force: true });
    },
    markStarted(name) {
      mkdirSync(startedDirectory, { recursive: true });
      writeFileSync(mark(name), '');
      rmSync(stoppingMark(name), { force: true });
    },
    markStopping(name) {
      mkdirSync(stoppingDirectory, { recursive: true });
      // Moved, not written anew: a unit can be stopped where nothing more can be written.
      if (existsSync(mark(name))) renameSync(mark(name), stoppingMark(name));
    },
    unmarkStarted(name) {
      for (const path of [mark(name), stoppingMark(name)]) rmSync(path, { force: true });
    },
  };
}

/** Would `systemctl enable` find something to do? Pure. */
export function hasInstallSection(text: string): boolean {
  return /^\[Install\]/m.test(text);
}
