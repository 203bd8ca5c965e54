import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { LabCli } from './lab-process.ts';

const repoDir = join(import.meta.dirname, '../../..');

it.each([['--help'], ['explain'], ['scenario', '--json']])(
  'lab %s into a device that is full: what happened, not a stack',
  async (...words) => {
    const cli = new LabCli();
    try {
      await cli.run('--version');
      const main = [join(repoDir, 'dist/cli/main.cjs'), ...words];
      const env = { LAB_ROOT: repoDir, LAB_CONFIG_DIR: cli.dir, NO_COLOR: '1', FORCE_COLOR: undefined };
      const stdio = ['ignore', 'pipe', 'pipe'] as const;
      const script = ['-c', 'exec "$@" >/dev/full', 'sh', process.execPath, ...main];
      const { exitCode, stderr } = await execa('sh', script, { env, reject: false, stdio });
      expect(stderr).toMatch(/^error what this command prints cannot be written: ENOSPC[^\n]+ \[host\.output\]\nnext /);
      expect(exitCode).toBe(69);
    } finally {
      await cli.remove();
    }
  },
);
