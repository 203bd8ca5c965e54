import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { launcherNodeVersion } from '#provision/host/launcher-node.ts';
import { root } from '#test/support/tracked-files.ts';

const script = 'provision/host/find-node.sh';

it('is the version that a shell reads in the script', async () => {
  const line = await execa('sh', ['-c', `eval "$(grep ^own_version= ${script})" && echo "$own_version"`], {
    cwd: root,
  });
  expect(line.stdout).toMatch(/^\d+\.\d+\.\d+$/);
  expect(await launcherNodeVersion(root)).toBe(line.stdout);
});

it('is no made-up one where the script names none', async () => {
  const checkout = mkdtempSync(join(tmpdir(), 'lab-launcher-'));
  try {
    mkdirSync(dirname(join(checkout, script)), { recursive: true });
    for (const text of ['', '# own_version=1.2.3\n', 'own_version=\n', ' own_version=1.2.3\n']) {
      writeFileSync(join(checkout, script), text);
      await expect(launcherNodeVersion(checkout)).rejects.toMatchObject({ code: 'state.checkout' });
    }
  } finally {
    rmSync(checkout, { recursive: true });
  }
});
