import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failures, InstalledUnit, SystemdDriver } from './driver.ts';
import { followJournal } from './follow-journal.ts';
import { parseShow } from './parse-show.ts';
import { lastLine, runCommand, type CommandResult } from './run-command.ts';

/**
 * The machine's systemd, by `systemctl`. Unit files lie in `unitsDirectory` (tmpfs: gone at reboot) and are linked into
 * /run/systemd/system; which of them were started is remembered beside them, so that a new daemon adopts what runs.
 */
export function systemctlDriver(unitsDirectory: string, linkDirectory = '/run/systemd/system'): SystemdDriver {
  const startedDirectory = join(unitsDirectory, '..', 'started');
  const file = (name: string): string => join(unitsDirectory, name);
  const marker = (name: string): string => join(startedDirectory, name);

  const forEach = async (verb: readonly string[], names: readonly string[]): Promise<Failures> => {
    if (names.length === 0) return new Map();
    const result = await runCommand('systemctl', [...verb, '--', ...names]);
    return result.code === 0 ? new Map() : blame(names, result);
  };
  const reload = async (names: readonly string[], failures: Failures): Promise<void> => {
    if (names.length === 0) return;
    const result = await runCommand('systemctl', ['daemon-reload']);
    if (result.code !== 0) for (const name of names) failures.set(name, `daemon-reload: ${lastLine(result)}`);
  };

  return {
    async installed() {
      await mkdir(startedDirectory, { recursive: true });
      await mkdir(unitsDirectory, { recursive: true });
      const started = new Set(await readdir(startedDirectory));
      const names = (await readdir(unitsDirectory)).filter((name) => !name.startsWith('.')).sort();
      return Promise.all(
        names.map(async (name): Promise<InstalledUnit> => ({
          name,
          text: await readFile(file(name), 'utf8'),
          started: started.has(name),
        })),
      );
    },
    async observe(names) {
      if (names.length === 0) return new Map();
      const shown = await runCommand(
        'systemctl',
        ['show', '-p', 'LoadState,ActiveState,SubState,InvocationID', '--', ...names],
        10_000,
      );
      return parseShow(shown.stdout, names);
    },
    async load(units) {
      const failures: Failures = new Map();
      await mkdir(linkDirectory, { recursive: true });
      for (const { name, text } of units) {
        try {
          await writeFile(file(name), text);
          await rm(join(linkDirectory, name), { force: true });
          await symlink(file(name), join(linkDirectory, name));
        } catch (error) {
          failures.set(name, String(error));
        }
      }
      const names = units.map((u) => u.name);
      await reload(names, failures);
      const toEnable = units.filter((u) => /^\[Install\]/m.test(u.text)).map((u) => u.name);
      for (const [name, why] of await forEach(['enable', '--runtime', '--no-reload', '--quiet'], toEnable))
        failures.set(name, `enable: ${why}`);
      return failures;
    },
    async start(names) {
      const failures = await forEach(['start', '--no-block'], names);
      for (const name of names) if (!failures.has(name)) await writeFile(marker(name), '');
      return failures;
    },
    async stop(names) {
      const failures = await forEach(['stop', '--no-block'], names);
      // A stop that failed is tried again only as long as the unit counts as started.
      for (const name of names) {
        const why = failures.get(name);
        if (why === undefined || why.includes('not loaded')) await rm(marker(name), { force: true });
      }
      return failures;
    },
    async unload(names) {
      const failures: Failures = new Map();
      const installed: string[] = [];
      for (const name of names) {
        const text = await readFile(file(name), 'utf8').catch(() => '');
        if (/^\[Install\]/m.test(text)) installed.push(name);
      }
      if (installed.length > 0)
        await runCommand('systemctl', ['disable', '--runtime', '--no-reload', '--quiet', '--', ...installed]);
      for (const name of names) {
        for (const path of [join(linkDirectory, name), file(name), marker(name)]) await rm(path, { force: true });
      }
      await reload(names, failures);
      // "not loaded" is what it should be; a failed unit would else stay in `systemctl list-units` for ever.
      await runCommand('systemctl', ['reset-failed', '--', ...names]);
      return failures;
    },
    async shuttingDown() {
      return (await runCommand('systemctl', ['is-system-running'], 2000)).stdout.trim() === 'stopping';
    },
    follow: followJournal,
  };
}

/**
 * One systemctl call goes on to the next unit after a failure and names each unit that failed; asking again unit by unit would
 * start a oneshot twice. When no name is found in what it said, all of them failed.
 */
export function blame(names: readonly string[], result: CommandResult): Failures {
  const lines = result.stderr.split('\n').filter((line) => line.trim() !== '');
  const named = names.flatMap((name): [string, string][] => {
    const line = lines.find((l) => l.split(/[\s,'"]+/).some((word) => word.replace(/[:.]+$/, '') === name));
    return line === undefined ? [] : [[name, line.trim()]];
  });
  return new Map(named.length > 0 ? named : names.map((name) => [name, lastLine(result)]));
}
