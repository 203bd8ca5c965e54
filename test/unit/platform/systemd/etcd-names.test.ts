import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const units = join(import.meta.dirname, '../../../../platform/systemd/units');
const hasSystemctl = (() => {
  try {
    return execFileSync('systemctl', ['--version'], { encoding: 'utf8' }).startsWith('systemd');
  } catch {
    return false;
  }
})();

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'etcd-names-'));
  mkdirSync(join(root, 'etc/systemd/system'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

/** systemd itself, on a root directory in which nothing runs. */
const systemctl = (...words: string[]) =>
  execFileSync('systemctl', [`--root=${root}`, ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

test.runIf(hasSystemctl)('a unit that requires etcd2.service or etcd-member.service gets etcd', () => {
  copyFileSync(join(units, 'etcd.service'), join(root, 'etc/systemd/system/etcd.service'));
  systemctl('enable', 'etcd.service');
  for (const name of ['etcd2.service', 'etcd-member.service']) expect(systemctl('is-enabled', name)).toBe('alias\n');
  expect(systemctl('is-enabled', 'etcd.service')).toBe('enabled\n');
});
