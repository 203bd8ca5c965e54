import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { labPaths } from '#provision/machines/ground/lab-paths.ts';
import { parseInfo, parseNames, VBoxManage } from '#provision/machines/vagrant/virtualbox/vboxmanage.ts';
import { guestState, sshPort } from '#provision/machines/vagrant/virtualbox/virtualbox-hypervisor.ts';
import { virtualboxSettings } from '#provision/machines/vagrant/virtualbox-settings.ts';
import { load } from '#test/unit/provision/config/config-directory.ts';
import { repoDir } from '#test/unit/provision/vagrant/record-vagrantfile.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lab-vbox-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('what VBoxManage prints', () => {
  it('names each machine of list vms', () => {
    const text = '"coreos-lab-lab-core-01" {5a1b0c1e-0000-4000-8000-000000000001}\n"a {b} \\"c\\"" {2}\n\n';
    expect(parseNames(text)).toEqual(['coreos-lab-lab-core-01', 'a {b} \\"c\\"']);
    expect(parseNames('')).toEqual([]);
  });

  it('has quoted and bare values, and values with commas and equals signs', () => {
    const info = parseInfo(
      'name="core"\nmemory=2048\n"natnet1"="nat"\nForwarding(0)="ssh,tcp,127.0.0.1,2200,,22"\nx="a=b"\n\n',
    );
    expect(Object.fromEntries(info)).toEqual({
      name: 'core',
      memory: '2048',
      natnet1: 'nat',
      x: 'a=b',
      'Forwarding(0)': 'ssh,tcp,127.0.0.1,2200,,22',
    });
    expect(sshPort(info)).toBe(2200);
    expect(sshPort(parseInfo('Forwarding(0)="tcp3000,tcp,,3000,,3000"\n'))).toBeUndefined();
  });

  it('knows more states than the lab', () => {
    const words = [
      'running',
      'starting',
      'paused',
      'stopping',
      'poweroff',
      'aborted',
      'saved',
      'gurumeditation',
      undefined,
    ];
    expect(words.map(guestState)).toEqual([
      'running',
      'running',
      'paused',
      'in shutdown',
      'shut off',
      'shut off',
      'shut off',
      'other',
      'other',
    ]);
  });
});

describe("the lab's VBoxManage", () => {
  const settings = () => {
    const config = load({ provider: 'vagrant', toml: `[lab]\nname = "vbx"\nstate_dir = "${dir}"\n` });
    const paths = { ...labPaths('vbx', join(dir, 'vbx')), supervisorFile: join(dir, 'supervisor.json') };
    return virtualboxSettings(config, paths, repoDir);
  };
  /** A VirtualBox that says what it was asked, and in which registry. */
  const install = () => {
    mkdirSync(join(dir, 'bin'), { recursive: true });
    const script =
      '#!/bin/sh\n[ "$1" != fail ] || { echo "VBoxManage: error: no such thing" >&2; exit 0; }\necho "$VBOX_USER_HOME $VBOX_IPC_SOCKETID: $*"\n';
    writeFileSync(join(dir, 'bin/VBoxManage'), script, { mode: 0o755 });
  };
  const run = async (...args: string[]) => {
    const { bin, environment } = settings();
    const env = { ...environment, PATH: `${bin}:${join(dir, 'bin')}:${process.env['PATH'] ?? ''}` };
    const { exitCode, stdout, stderr } = await execa('VBoxManage', args, { env, reject: false });
    return { exitCode, text: stdout + stderr };
  };

  it('is not there without VirtualBox', async () => {
    expect(await run('--version')).toEqual({ exitCode: 127, text: 'VBoxManage: error: VirtualBox is not installed' });
  });

  it('tells its version at any time, and nothing else while the lab is down', async () => {
    install();
    expect(await run('--version')).toMatchObject({ exitCode: 0 });
    const down = { exitCode: 1, text: 'VBoxManage: error: the lab is not up, and its virtual machines are off' };
    expect(await run('list', 'vms')).toEqual(down);
    // A process of that number that is no supervisor of this lab does not count.
    writeFileSync(join(dir, 'supervisor.json'), JSON.stringify({ unshare: 1, init: process.pid }));
    expect(await run('list', 'vms')).toEqual(down);
  });

  it("runs in the lab's PID namespace, with a registry of the lab's own", async () => {
    install();
    const { environment } = settings();
    const spec = environment['COREOS_LAB_SPEC'] ?? '';
    // What a supervisor is: PID 1 of namespaces of its own, with the spec's path on its command line.
    const lab = execa(
      'unshare',
      ['--pid', '--fork', '--mount-proc', '--kill-child', 'sh', '-c', 'echo $$; read wait', spec],
      {
        stdin: 'pipe',
      },
    );
    await new Promise((resolve) => lab.stdout.once('data', resolve));
    const [init = ''] = (await execa('cat', [`/proc/${lab.pid}/task/${lab.pid}/children`])).stdout.split(' ');
    writeFileSync(join(dir, 'supervisor.json'), JSON.stringify({ unshare: lab.pid, init: Number(init) }));
    writeFileSync(
      join(dir, 'bin/VBoxManage'),
      '#!/bin/sh\n[ "$1" != fail ] || { echo "VBoxManage: error: no" >&2; exit 0; }\nreadlink /proc/self/ns/pid; echo "$VBOX_USER_HOME $VBOX_IPC_SOCKETID: $*"\n',
    );
    const before = process.env['PATH'];
    process.env['PATH'] = `${join(dir, 'bin')}:${before ?? ''}`;
    try {
      const vbox = new VBoxManage(settings());
      const namespace = (await execa('readlink', [`/proc/${init}/ns/pid`])).stdout;
      expect((await vbox.run('list', 'vms')).split('\n')).toEqual([
        namespace,
        `${join(dir, 'vbx/virtualbox')} coreos-lab-vbx: list vms`,
      ]);
      // It prints errors and ends with 0 at times.
      await expect(vbox.run('fail')).rejects.toMatchObject({ code: 'command.vboxmanage' });
    } finally {
      process.env['PATH'] = before;
      lab.stdin.end('\n');
      await lab;
    }
  });
});
