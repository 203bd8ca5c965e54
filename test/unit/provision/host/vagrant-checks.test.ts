import { describe, expect, it } from 'vitest';
import { formatDoctorReport } from '#provision/host/doctor-report.ts';
import { runDoctor } from '#provision/host/doctor.ts';
import type { GuestRun } from '#provision/host/kvm/run-tiny-guest.ts';
import { load } from '../config/config-directory.ts';
import { describedHost } from './described-host.ts';
import { check } from './run-check.ts';

const config = load({ provider: 'vagrant' });
const hung = { outcome: 'hung', ms: 4000 } as const;

describe('the doctor of provider vagrant', () => {
  it('finds a fit host fit', async () => {
    const report = await runDoctor(config, describedHost());
    expect(report.checks.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(formatDoctorReport(report)).toMatch(/\nThis host can run the lab: 33 of 33 checks ok\.\n/);
  });

  it('asks nothing of Vagrant for machines of systemd-nspawn', async () => {
    const report = await runDoctor(load({}), describedHost({ output: { 'vagrant --version': undefined } }));
    expect(report.checks.map(({ id }) => id)).not.toContain('vagrant');
    expect(report.ok).toBe(true);
  });
});

describe('vagrant', () => {
  it('is installed by lab up where it is missing', async () => {
    const found = await check('vagrant', { output: { 'vagrant --version': undefined } }, config);
    expect(found).toMatchObject({ status: 'warn', fix: expect.stringContaining('vagrant vagrant-libvirt') as string });
  });

  it('must be new enough', async () => {
    expect(await check('vagrant', { output: { 'vagrant --version': 'Vagrant 2.2.9' } }, config)).toMatchObject({
      status: 'fail',
      detail: 'Vagrant 2.2.9: the Vagrantfile needs 2.2.10 or newer',
    });
    expect((await check('vagrant', { output: { 'vagrant --version': 'Vagrant 2.2.10' } }, config)).status).toBe('ok');
  });

  it("needs its plugin: Debian's package, or one of its own where Vagrant is not Debian's", async () => {
    const none = { 'vagrant plugin list': 'vagrant-share (2.0.0, global)' };
    expect(await check('vagrant-plugin', { output: none }, config)).toMatchObject({ status: 'warn' });
    expect(await check('vagrant-plugin', { output: none, missing: ['vagrant'] }, config)).toMatchObject({
      status: 'fail',
      fix: 'vagrant plugin install vagrant-libvirt',
    });
  });
});

describe('libvirt', () => {
  it('names the package of each program that is missing', async () => {
    const found = await check('libvirt', { output: { 'libvirtd --version': undefined } }, config);
    expect(found).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining('missing: libvirt-daemon;') as string,
    });
  });

  it('is reached by root alone', async () => {
    expect(await check('libvirt-access', { uid: 1000 }, config)).toMatchObject({
      status: 'fail',
      fix: 'sudo vagrant up',
    });
  });
});

describe('the hypervisor', () => {
  it('is judged by a guest that comes to its end', async () => {
    expect(await check('hypervisor', { guests: { tcg: hung } }, config)).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining('too slow, or busy') as string,
    });
    const none = await check('hypervisor', { guests: { tcg: { outcome: 'no-qemu' } } }, config);
    expect(none).toMatchObject({ status: 'warn', fix: expect.stringContaining('qemu-system-x86') as string });
  });
});

describe('KVM', () => {
  const only = load({ provider: 'vagrant', toml: '[vagrant]\ndriver = "kvm"\n' });
  const never = load({ provider: 'vagrant', toml: '[vagrant]\ndriver = "qemu"\n' });

  it('that exists and hangs is found out, and fatal only where lab.toml insists on it', async () => {
    const found = await check('kvm', { guests: { kvm: hung } }, config);
    expect(found).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining(
        '/dev/kvm exists, but a tiny guest on it did not come to its end in 4000 ms',
      ) as string,
    });
    expect(await check('kvm', { guests: { kvm: hung } }, only)).toMatchObject({ status: 'fail' });
  });

  it('that is not there means emulation', async () => {
    expect(await check('kvm', { files: { '/dev/kvm': undefined } }, config)).toMatchObject({ status: 'warn' });
    expect(await check('kvm', { files: { '/dev/kvm': undefined } }, only)).toMatchObject({ status: 'fail' });
  });

  it('that refuses says why', async () => {
    const guests = { kvm: { outcome: 'refused', said: 'Could not access KVM kernel module' } } as const;
    expect((await check('kvm', { guests }, config)).detail).toContain('Could not access KVM kernel module');
  });

  it('is not tried where lab.toml wants emulation', async () => {
    expect(await check('kvm', { guests: { kvm: hung } }, never)).toMatchObject({ status: 'ok' });
  });
});

describe('memory for guests', () => {
  const available = (kib: number, kvm: GuestRun = hung) => ({
    files: { '/proc/meminfo': `MemAvailable: ${kib} kB\n` },
    guests: { kvm },
  });

  it('counts what emulated guests take beside their own', async () => {
    const found = await check('memory', available(6_500_000), config);
    expect(found).toMatchObject({ status: 'warn', detail: expect.stringContaining('may take 7.8 GB') as string });
    expect((await check('memory', available(8_500_000), config)).status).toBe('ok');
    expect((await check('memory', available(2_000_000), config)).status).toBe('fail');
  });

  it('counts no translated code where KVM runs guests', async () => {
    const found = await check('memory', available(2_300_000, { outcome: 'ran', ms: 200 }), config);
    expect(found).toMatchObject({ status: 'warn', detail: expect.stringContaining('may take 6.3 GB') as string });
    expect((await check('memory', available(2_300_000), config)).status).toBe('fail');
  });

  it('is not said to be 0 where the kernel does not say it', async () => {
    for (const text of [undefined, '', 'MemFree: 9 kB\n', 'MemAvailable: unknown\n']) {
      const host = { files: { '/proc/meminfo': text }, guests: { kvm: hung } };
      for (const found of [await check('memory', host, config), await check('memory', host)])
        expect(found).toMatchObject({
          status: 'fail',
          detail: expect.stringMatching(/^\/proc\/meminfo does/) as string,
        });
    }
  });
});

describe('AppArmor', () => {
  const on = { '/sys/module/apparmor/parameters/enabled': 'Y\n' };

  it('matters only where it has a profile for libvirtd', async () => {
    expect(await check('apparmor', { files: on }, config)).toMatchObject({ status: 'ok' });
    const files = { ...on, '/etc/apparmor.d/usr.sbin.libvirtd': '' };
    expect(await check('apparmor', { files }, config)).toMatchObject({ status: 'warn' });
  });
});

describe('VirtualBox', () => {
  const guests = load({ provider: 'vagrant', toml: '[vagrant]\nhypervisor = "virtualbox"\n' });
  const modules = { '/sys/module/vboxdrv': '', '/sys/module/vboxnetflt': '' };
  const version = (text: string) => ({ files: modules, output: { 'VBoxManage --version': text } });

  it('is asked about instead of libvirt, QEMU and KVM', async () => {
    const { report } = await check('virtualbox', version('7.0.20r163906\n'), guests);
    expect(report.ok).toBe(true);
    const ids = report.checks.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['vagrant', 'virtualbox', 'virtualbox-modules', 'memory']));
    expect(ids.filter((id) => /libvirt|kvm|hypervisor|plugin/.test(id))).toEqual([]);
    const other = await runDoctor(config, describedHost());
    expect(other.checks.map(({ id }) => id)).not.toContain('virtualbox');
  });

  it('must be there, and of a series that this Vagrant knows', async () => {
    expect(await check('virtualbox', { files: modules }, guests)).toMatchObject({ status: 'fail' });
    for (const text of ['5.2.44r139111', '7.1.4r165100', '8.0.0r1'])
      expect(await check('virtualbox', version(text), guests), text).toMatchObject({ status: 'fail' });
    for (const text of ['6.1.50r161033', '7.0.20r163906'])
      expect(await check('virtualbox', version(text), guests), text).toMatchObject({ status: 'ok' });
    const newer = {
      files: modules,
      output: { 'VBoxManage --version': '7.1.4r1', 'vagrant --version': 'Vagrant 2.4.3' },
    };
    expect(await check('virtualbox', newer, guests)).toMatchObject({ status: 'ok' });
  });

  it('makes up no version, of itself or of a Vagrant that is not there', async () => {
    const warning = 'WARNING: The vboxdrv kernel module is not loaded.\n';
    const none = await check('virtualbox', version(warning), guests);
    expect(none).toMatchObject({ status: 'fail', detail: expect.stringContaining('says no version') as string });
    expect(await check('virtualbox', version(`${warning}7.0.20r163906\n`), guests)).toMatchObject({ status: 'ok' });
    for (const said of [undefined, 'bash: vagrant: bad interpreter']) {
      const output = { 'VBoxManage --version': '7.1.4r1', 'vagrant --version': said };
      const found = await check('virtualbox', { files: modules, output }, guests);
      expect(found).toMatchObject({ status: 'fail', detail: "7.1.4r1 is newer than Debian's Vagrant knows (7.0)" });
    }
    const output = { 'vagrant --version': 'vagrant: command not found' };
    expect(await check('vagrant', { output }, guests)).toMatchObject({ status: 'fail' });
  });

  it('says which kernel module is missing, with its command', async () => {
    const found = await check('virtualbox-modules', { files: { '/sys/module/vboxdrv': '' } }, guests);
    expect(found).toMatchObject({ status: 'fail', detail: 'not loaded: vboxnetflt' });
    expect(found.fix).toMatch(/^modprobe -a vboxnetflt /);
  });
});
