import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const generator = '/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator';

/**
 * Reads an `EnvironmentFile=` text with systemd's own reader of such files (environment.d(5) shares it), and its output
 * with the shell, for which systemd quotes it.
 */
export function asSystemdReads(text: string): Record<string, string> {
  const home = mkdtempSync(join(tmpdir(), 'lab-environment-'));
  try {
    mkdirSync(join(home, 'environment.d'));
    writeFileSync(join(home, 'environment.d/50-test.conf'), text);
    const names = text.split('\n').flatMap((line) => /^([A-Za-z_]\w*)=/.exec(line)?.[1] ?? []);
    const print = names.map((name) => `printf '%s\\0' ${name} "$${name}"`).join('\n');
    const output = execFileSync('sh', ['-c', `quoted=$(${generator}) && eval "$quoted"\n${print}`], {
      env: { HOME: home, XDG_CONFIG_HOME: home, PATH: process.env['PATH'] ?? '' },
      encoding: 'utf8',
    });
    const parts = output.split('\0').slice(0, -1);
    return Object.fromEntries(names.map((_, i) => [parts[2 * i] ?? '', parts[2 * i + 1] ?? '']));
  } catch (error) {
    throw new Error(`systemd's ${generator} could not be run: apt-get install systemd`, { cause: error });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
