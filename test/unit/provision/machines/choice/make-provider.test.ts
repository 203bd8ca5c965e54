import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Lab } from '#provision/cluster/lab.ts';
import { supervisorSpec } from '#provision/cluster/supervisor-spec.ts';
import type { HypervisorName, ProviderName } from '#provision/config/lab-config.ts';
import { makeProvider } from '#provision/machines/choice/make-provider.ts';
import { labPaths } from '#provision/machines/ground/lab-paths.ts';
import type { MachineImages } from '#provision/machines/machine-provider.ts';
import { load } from '../../config/config-directory.ts';

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'lab-provider-'))));
afterEach(() => rmSync(dir, { recursive: true }));

function made(provider: ProviderName, hypervisor: HypervisorName = 'libvirt', rb = '') {
  const toml = `[lab]\nname = "made"\nstate_dir = "${dir}"\n[vagrant]\nhypervisor = "${hypervisor}"\n`;
  const config = load({ rb, toml, hostCpus: 4, provider });
  const paths = labPaths(config.name, config.stateDir);
  const lab = { config, paths, repoDir: '/checkout', configDir: dir };
  const specOf = (images: MachineImages) => supervisorSpec({ config, repoDir: '/checkout', ...images });
  return { config, paths, provider: makeProvider({ ...lab, specOf, onProgress: () => undefined }) };
}

describe('the provider of a name', () => {
  it('nspawn: containers need no box, and nobody else boots them', () => {
    const { provider } = made('nspawn');
    expect(provider).toMatchObject({ name: 'nspawn', needs: { box: undefined } });
    expect([provider.bootedByOthers, provider.guestOf('core-01')]).toEqual([undefined, undefined]);
  });

  it.each(['libvirt', 'virtualbox'] as const)('vagrant on %s: a box, guests with an address each', (on) => {
    const { provider, config } = made('vagrant', on);
    expect(provider).toMatchObject({ name: 'vagrant', needs: { box: on } });
    expect(provider.bootedByOthers).toBeDefined();
    const macs = config.machines.map(({ name }) => provider.guestOf(name)?.lanMac);
    expect(new Set(macs).size).toBe(config.machines.length);
    for (const mac of macs) expect(mac).toMatch(/^52:54:00(:[0-9a-f]{2}){3}$/);
    expect(() => provider.guestOf('core-09')).toThrow('there is no machine core-09');
  });

  it('differs by what it can take from a machine', () => {
    expect(made('nspawn').provider.capabilities).toContain('slow-cpu');
    expect(made('vagrant', 'libvirt').provider.capabilities).not.toContain('slow-cpu');
    expect(made('vagrant', 'virtualbox').provider.capabilities).not.toContain('slow-disk');
  });

  it('touches nothing of the host', () => {
    for (const on of ['libvirt', 'virtualbox'] as const) made('vagrant', on);
    made('nspawn');
    expect(existsSync(join(dir, 'made'))).toBe(false);
  });
});

it('a lab has one provider, whoever asks', () => {
  const { config } = made('vagrant');
  const lab = new Lab({ config, repoDir: '/checkout', configDir: dir });
  expect(lab.provider()).toBe(lab.provider());
  expect(lab.parts.provider).toBe(lab.provider());
});

describe('before a boot', () => {
  it('a container with a disk of an earlier version is refused; without one there is nothing to say', async () => {
    const { provider, paths } = made('nspawn');
    await provider.preflight(['core-01']);
    mkdirSync(join(paths.machine('core-02').dir, 'upper'), { recursive: true });
    await expect(provider.preflight(['core-01'])).rejects.toMatchObject({ code: 'state.old-disk' });
  });

  it('a guest whose port of the host is taken is refused', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no TCP port');
    const rb = `$forwarded_ports = { 8091 => ${address.port} }\n`;
    await expect(made('vagrant', 'libvirt', rb).provider.preflight([])).rejects.toMatchObject({ code: 'busy.port' });
    server.close();
    await once(server, 'close');
    await made('vagrant', 'libvirt', rb).provider.preflight([]);
  });

  it("each puts a machine's Ignition config where its first boot finds it, and none in a machine that has a disk", async () => {
    const text = '{"ignition":{"version":"3.3.0"}}';
    for (const name of ['nspawn', 'vagrant'] as const) {
      const { provider, paths } = made(name);
      const { dir: machineDir, ignitionFile } = paths.machine('core-01');
      await provider.offerIgnition('core-01', text);
      expect([name, readFileSync(ignitionFile, 'utf8')]).toEqual([name, text]);
      rmSync(machineDir, { recursive: true });
    }
    const { provider, paths } = made('nspawn');
    const { dir: machineDir, ignitionFile, provisionedFile } = paths.machine('core-01');
    mkdirSync(machineDir, { recursive: true });
    writeFileSync(provisionedFile, '{}');
    await provider.offerIgnition('core-01', text);
    expect(existsSync(ignitionFile)).toBe(false);
  });

  it('a guest cannot be destroyed on a ground that was never there', async () => {
    const { provider, paths } = made('vagrant');
    mkdirSync(join(paths.stateDir, 'libvirt/etc/qemu'), { recursive: true });
    writeFileSync(join(paths.stateDir, 'libvirt/etc/qemu/core-01.xml'), '');
    await expect(provider.destroyMachine('core-01')).rejects.toMatchObject({ code: 'state.lab-down', next: 'lab up' });
  });
});
