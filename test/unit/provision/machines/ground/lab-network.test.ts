import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';

const tsx = join(import.meta.dirname, '../../../../../node_modules/.bin/tsx');

it.runIf(process.getuid?.() === 0)(
  'keeps the link address of its bridge, whichever machine comes or goes',
  async () => {
    const program = join(import.meta.dirname, 'bridge-address.ts');
    const { stdout } = await execa('unshare', ['--net', tsx, program]);
    expect(JSON.parse(stdout)).toEqual(Array(3).fill('02:00:ac:11:08:01'));
  },
);
