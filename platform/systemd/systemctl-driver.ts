import type { Failures, ObservedUnit, SystemdDriver } from './driver.ts';
import { followJournal } from './follow-journal.ts';
import { lastLine, runCommand, type CommandResult } from './run-command.ts';
import { hasInstallSection, unitFiles } from './unit-files.ts';

/** The machine's systemd, by `systemctl`. Unit files lie in `unitsDirectory` (tmpfs: gone at reboot). */
export function systemctlDriver(unitsDirectory: string, linkDirectory = '/run/systemd/system'): SystemdDriver {
  const files = unitFiles(unitsDirectory, linkDirectory);
  return {
    installed: () => files.installed(),
    async observe(names) {
      if (names.length === 0) return new Map();
      const properties = 'LoadState,ActiveState,SubState,InvocationID';
      const shown = await runCommand('systemctl', ['show', '-p', properties, '--', ...names], 10_000);
      return parseShow(shown.stdout, names);
    },
    async load(units) {
      const failures: Failures = new Map();
      for (const { name, text } of units)
        await files.write(name, text).catch((error: unknown) => failures.set(name, String(error)));
      await reload(
        units.map((u) => u.name),
        failures,
      );
      const toEnable = units.filter((u) => hasInstallSection(u.text)).map((u) => u.name);
      for (const [name, why] of await forEach(['enable', '--runtime', '--no-reload', '--quiet'], toEnable))
        failures.set(name, `enable: ${why}`);
      return failures;
    },
    async start(names) {
      const failures = await forEach(['start', '--no-block'], names);
      for (const name of names) if (!failures.has(name)) await files.markStarted(name);
      return failures;
    },
    async stop(names) {
      const failures = await forEach(['stop', '--no-block'], names);
      // A stop that failed is tried again only as long as the unit counts as started.
      for (const name of names) {
        const why = failures.get(name);
        if (why === undefined || why.includes('not loaded')) await files.unmarkStarted(name);
      }
      return failures;
    },
    async unload(names) {
      const failures: Failures = new Map();
      const enabled: string[] = [];
      for (const name of names) if (await files.wantsEnabling(name)) enabled.push(name);
      if (enabled.length > 0)
        await runCommand('systemctl', ['disable', '--runtime', '--no-reload', '--quiet', '--', ...enabled]);
      for (const name of names) await files.remove(name);
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

async function forEach(verb: readonly string[], names: readonly string[]): Promise<Failures> {
  if (names.length === 0) return new Map();
  const result = await runCommand('systemctl', [...verb, '--', ...names]);
  return result.code === 0 ? new Map() : blame(names, result);
}

async function reload(names: readonly string[], failures: Failures): Promise<void> {
  if (names.length === 0) return;
  const result = await runCommand('systemctl', ['daemon-reload']);
  if (result.code !== 0) for (const name of names) failures.set(name, `daemon-reload: ${lastLine(result)}`);
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

/**
 * Reads `systemctl show -p LoadState,ActiveState,SubState,InvocationID A B`: blocks of key=value divided by empty lines, in the order
 * asked for. The Id of an alias is not the name asked for, so blocks are matched by position. A unit whose states are not all there
 * (the output was cut off) is left out: systemd did not say.
 */
export function parseShow(output: string, names: readonly string[]): Map<string, ObservedUnit> {
  const observed = new Map<string, ObservedUnit>();
  for (const [i, block] of output
    .trim()
    .split(/\n\s*\n/)
    .entries()) {
    const name = names[i];
    const fields = new Map<string, string>();
    for (const line of block.split('\n')) {
      const equals = line.indexOf('=');
      if (equals > 0) fields.set(line.slice(0, equals), line.slice(equals + 1));
    }
    const [load, active, sub] = [fields.get('LoadState'), fields.get('ActiveState'), fields.get('SubState')];
    if (name === undefined || load === undefined || active === undefined || sub === undefined) continue;
    // Not shown of a unit that has never run.
    observed.set(name, { load, active, sub, invocation: fields.get('InvocationID') ?? '' });
  }
  return observed;
}
