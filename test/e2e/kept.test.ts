import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { remainsOf } from '../support/remains.ts';
import { LabCli } from '../support/lab-cli.ts';

/** fleet's API asks all of them for a token and a certificate: what the lab itself asks fleet here has brought them along. */
const e2eLab = new LabCli('e2e', '[timers]\nfleet_agent_ttl = "10s"\n[fleet]\nauth = "token+tls"\n');
const second = 'e2e-second';
const snapshots = join(e2eLab.stateDir, 'snapshots');

beforeAll(async () => {
  expect(await e2eLab.lab('destroy')).toMatchObject({ exitCode: 0 });
  expect(await e2eLab.lab('up')).toMatchObject({ exitCode: 0 });
});
afterAll(async () => {
  await e2eLab.lab('--name', second, 'destroy');
  await e2eLab.lab('destroy');
});

const members = async () => (await e2eLab.on('core-01', 'etcdctl member list')).stdout.replaceAll(/ isLeader=\w+/g, '');

describe("fleet's API with a token and certificates", () => {
  it('answers fleetctl of the lab and of user core on a machine, and nobody who brings nothing', async () => {
    const machines = 'core-01 core-02 core-03';
    const list = ['list-machines', '--no-legend', '--fields=hostname'];
    const asked = [await e2eLab.lab('fleetctl', ...list), await e2eLab.on('core-02', `fleetctl ${list.join(' ')}`)];
    for (const { stdout, exitCode } of asked)
      expect([exitCode, stdout.trim().split(/\s+/).sort().join(' ')]).toEqual([0, machines]);
    const without = (url: string) =>
      e2eLab.on('core-01', `curl -sk -o /dev/null -w '%{http_code}' ${url}/fleet/v1/machines`);
    expect((await without('https://172.17.8.102:49153')).stdout).toBe('401');
    expect((await without('http://172.17.8.102:49153')).stdout).toBe('000');
  });
});

describe('a snapshot', () => {
  it('of a lab that runs brings back disks, etcd and pushed images; nothing moves while it is taken', async () => {
    const push =
      'docker pull -q memcached:1 && docker tag memcached:1 172.17.8.1:5000/library/mine:1 && docker push -q 172.17.8.1:5000/library/mine:1';
    expect(await e2eLab.on('core-01', `etcdctl set /before yes && ${push}`)).toMatchObject({ exitCode: 0 });
    const before = await members();
    const watched = e2eLab.lab('watch', '--json', '--for', '10');
    const saved = JSON.parse((await e2eLab.lab('snapshot', 'save', 'one', '--json')).stdout) as {
      stoodStillMs: number;
    };
    // Less than anybody would be missed after; that nobody was is judged below.
    expect(saved.stoodStillMs).toBeLessThan(8_000);
    const events = (await watched).stdout
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; data: unknown });
    expect(events.filter(({ type }) => type === 'machine-gone')).toEqual([]);
    expect(events.filter(({ type }) => type === 'machine-present' || type === 'lease-set')).toHaveLength(6);

    expect(await e2eLab.on('core-01', 'etcdctl rm /before; etcdctl set /after yes; sudo touch /after')).toMatchObject({
      exitCode: 0,
    });
    expect(await e2eLab.lab('destroy', 'core-03')).toMatchObject({ exitCode: 0 });
    expect(await e2eLab.lab('snapshot', 'restore', 'one')).toMatchObject({ exitCode: 0 });
    expect((await e2eLab.on('core-03', 'etcdctl get /before')).stdout).toBe('yes');
    const looked = await e2eLab.on(
      'core-01',
      'etcdctl get /after; ls /after; docker pull -q 172.17.8.1:5000/library/mine:1',
    );
    expect(looked.stderr).toMatch(/Key not found[^]*cannot access '\/after'/);
    expect(looked.stdout).toBe('172.17.8.1:5000/library/mine:1');
    expect(await members()).toBe(before);
    expect((await e2eLab.status()).machines.map(({ etcd, fleet }) => [etcd, fleet])).toEqual(
      Array(3).fill(['healthy', 'present']),
    );
  });

  it('of a halted lab is the same, and what cannot be is refused before anything is touched', async () => {
    expect(await e2eLab.lab('halt')).toMatchObject({ exitCode: 0 });
    expect(await e2eLab.lab('snapshot', 'save', 'halted')).toMatchObject({ exitCode: 0 });
    expect(await e2eLab.lab('snapshot', 'save', 'halted')).toMatchObject({ exitCode: 74 });
    expect(await e2eLab.lab('snapshot', 'save', '../x')).toMatchObject({ exitCode: 64 });
    expect(await e2eLab.lab('snapshot', 'restore', 'nosuch')).toMatchObject({ exitCode: 68 });
    expect((await e2eLab.lab('snapshot', 'list')).stdout).toMatch(/^one .*\nhalted /m);
    expect(await e2eLab.lab('snapshot', 'delete', 'one')).toMatchObject({ exitCode: 0 });
    expect(readdirSync(snapshots)).toEqual(['halted']);
  });
});

describe('a second lab at the same addresses', () => {
  it('takes them over from one that is halted, and from none that runs', async () => {
    expect(await e2eLab.lab('--name', second, 'up')).toMatchObject({ exitCode: 0 });
    const refused = await e2eLab.lab('up');
    expect(refused.exitCode).toBe(73);
    expect(refused.stderr).toMatch(
      /while lab e2e-second has it: it runs core-01, core-02, core-03, and is up since \d\d:/,
    );
    expect(await e2eLab.lab('--name', second, 'halt')).toMatchObject({ exitCode: 0 });
    expect(await e2eLab.lab('up')).toMatchObject({ exitCode: 0 });
    expect((await e2eLab.on('core-02', 'etcdctl get /before')).stdout).toBe('yes');
    expect(await e2eLab.lab('--name', second, 'destroy')).toMatchObject({ exitCode: 0 });
    expect((await e2eLab.status()).machines.every(({ etcd }) => etcd === 'healthy')).toBe(true);
  });

  it('destroy leaves nothing of either, snapshots too', async () => {
    expect(await e2eLab.lab('destroy')).toMatchObject({ exitCode: 0 });
    expect(await remainsOf(e2eLab.name)).toEqual([]);
    expect(await remainsOf(second)).toEqual([]);
  });
});
