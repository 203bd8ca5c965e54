import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { etcdEnvironment } from '#provision/cluster/members/etcd-environment.ts';
import { load } from '../../config/config-directory.ts';

const config = load({ rb: '$num_instances = 3\n' });
const environmentOf = (index: number, start?: Parameters<typeof etcdEnvironment>[2]) => {
  const machine = config.machines[index];
  if (machine === undefined) throw new Error('no such machine');
  return etcdEnvironment(config, machine, start);
};

it('all but the first member of a new cluster are told whom to wait for', () => {
  expect(environmentOf(0)).not.toContain('FIRST_MEMBER_URL');
  for (const index of [1, 2]) expect(environmentOf(index)).toContain('\nFIRST_MEMBER_URL=http://172.17.8.101:2380\n');
});

it("a member uses as many of the host's cores as its machine has", () => {
  const cores = (rb: string) => {
    const sized = load({ rb });
    return sized.machines.map((machine) => /^GOMAXPROCS=(.*)$/m.exec(etcdEnvironment(sized, machine))?.[1]);
  };
  expect(cores('$num_instances = 3\n')).toEqual(['1', '1', '1']);
  expect(cores('$num_instances = 1\n$vm_cpus = 4\n')).toEqual(['4']);
});

it('one that joins waits for nobody', () => {
  const members = config.machines.map(({ name, address }) => ({ name, peerUrl: `http://${address}:2380` }));
  expect(environmentOf(2, { state: 'existing', members })).not.toContain('FIRST_MEMBER_URL');
});

/** What systemd gives to `sh -c` before etcd (systemd.service(5), "Command lines"), without its deadline: a test's host may be busy. */
function waitCommand(): string {
  const unit = readFileSync(join(import.meta.dirname, '../../../../../platform/systemd/units/etcd.service'), 'utf8');
  const [, command] = /^ExecStartPre=-\/usr\/bin\/timeout 1 \/bin\/sh -c '([^'\\]*)'$/m.exec(unit) ?? [];
  if (command === undefined) throw new Error('etcd.service waits for nobody, or for ever');
  return command.replaceAll('$$', () => '$');
}

/** What the first member was asked until the wait was over. */
async function askedOf(dataDir: string): Promise<(string | undefined)[]> {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    response.writeHead(404).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const env = { PATH: process.env['PATH'], FIRST_MEMBER_URL: `http://127.0.0.1:${port}`, ETCD_DATA_DIR: dataDir };
  const shell = spawn('/bin/sh', ['-c', waitCommand()], { stdio: 'ignore', env });
  await once(shell, 'exit');
  server.close();
  return asked;
}

it('the wait ends when the first member answers, whatever it says; a member with data does not wait', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'etcd-data-'));
  try {
    expect(await askedOf(dataDir)).toEqual(['/members']);
    mkdirSync(join(dataDir, 'member'));
    expect(await askedOf(dataDir)).toEqual([]);
  } finally {
    rmSync(dataDir, { recursive: true });
  }
}, 120_000);
