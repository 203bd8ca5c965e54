import { execa } from 'execa';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const shell = join(import.meta.dirname, '../../../../cli/shell');
let home = '';
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'lab-readers-'));
  writeFileSync(
    join(home, '.bashrc'),
    'export FLEETCTL_TUNNEL=192.0.2.1:22 DOCKER_HOST=tcp://192.0.2.1:2375 ETCDCTL_ENDPOINT=http://192.0.2.1:4001 MINE=kept\n',
  );
});
afterAll(() => rmSync(home, { recursive: true }));

it("what the reader's ~/.bashrc says of other clusters is gone, what the lab said and everything else stays", async () => {
  const env = {
    HOME: home,
    PATH: process.env['PATH'],
    LAB_SHELL_HOME: shell,
    FLEETCTL_ENDPOINT: 'http://127.0.0.1:1',
    FLEETCTL_SSH_KEY: "/keys/of the lab's",
    ETCDCTL_ENDPOINT: 'http://127.0.0.1:2',
  };
  const script = `. "${join(shell, 'bashrc')}"; env | grep -E '^(FLEETCTL|DOCKER|ETCDCTL|MINE)' | sort`;
  // bash reads ~/.bashrc by itself where its standard input is a socket, as Node's pipes are.
  const { stdout } = await execa('bash', ['-c', script], { env, extendEnv: false, stdin: 'ignore' });
  expect(stdout.split('\n')).toEqual([
    'ETCDCTL_ENDPOINT=http://127.0.0.1:2',
    'FLEETCTL_ENDPOINT=http://127.0.0.1:1',
    "FLEETCTL_SSH_KEY=/keys/of the lab's",
    'MINE=kept',
  ]);
});
