import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';

const program = join(import.meta.dirname, 'fixtures/link-left-alone.ts');

/** In a mount namespace whose /run has these directories. @returns what lies there after each step */
async function steps(...directories: string[]): Promise<string[]> {
  const made = directories.map((directory) => `mkdir -p ${directory}`);
  const script = ['mount -t tmpfs tmpfs /run', ...made, `exec "$@"`].join(' && ');
  const words = ['--mount', 'sh', '-c', script, 'sh', process.execPath, '--import', 'tsx', program];
  const { stdout } = await execa('unshare', words, { cwd: join(import.meta.dirname, '../../../../..') });
  return stdout.split('\n');
}

it.runIf(process.getuid?.() === 0)(
  'network managers that run are told of the link, and what was made for that goes with it',
  async () => {
    const here = 'NetworkManager systemd systemd/netif systemd/network';
    const both = (...labs: string[]) => {
      const files = labs.map((lab) => `NetworkManager/conf.d/00-coreos-lab-${lab}.conf`);
      const networkd = labs.map((lab) => `systemd/network/00-coreos-lab-${lab}.network`);
      return [
        'NetworkManager',
        'NetworkManager/conf.d',
        ...files,
        'systemd',
        'systemd/netif',
        'systemd/network',
        ...networkd,
      ].join(' ');
    };
    expect(await steps('/run/NetworkManager', '/run/systemd/netif', '/run/systemd/network')).toEqual([
      here,
      both('one'),
      both('one', 'two'),
      both('two'),
      here,
    ]);
  },
);

it.runIf(process.getuid?.() === 0)('where none has run nothing is written', async () => {
  expect(await steps()).toEqual(['', '', '', '', '']);
});
