import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { VagrantCli } from './vagrant-process.ts';

const lab = join(import.meta.dirname, '../../../../lab');

let vagrant: VagrantCli;
// What the Vagrantfile asks of the lab installs and builds first when a source is newer, and says so.
beforeAll(() => execa(lab, ['--version']), 300_000);
beforeEach(() => {
  vagrant = new VagrantCli();
});
afterEach(() => vagrant.remove());

const everything = `$num_instances = 2
$vm_cpus = 1
$forwarded_ports = {8091 => 18091}
$shared_folders = {'/tmp' => '/home/core/shared'}
$expose_docker_tcp = 2375
$enable_serial_logging = true
`;

describe('vagrant validate', () => {
  it('accepts the Vagrantfile for libvirt, with nothing running and nothing made', async () => {
    vagrant.configure({ rb: everything });
    expect(await vagrant.run('libvirt', 'validate')).toEqual({
      exitCode: 0,
      text: 'Vagrantfile validated successfully.',
    });
    expect(existsSync(join(vagrant.dir, 'state'))).toBe(false);
  });

  it('accepts it for VirtualBox, and says once what does nothing', async () => {
    vagrant.addVirtualBox();
    vagrant.configure({ rb: `${everything}$update_channel = "alpha"\n` });
    const { exitCode, text } = await vagrant.run('virtualbox', 'validate');
    expect({ exitCode, lines: text.split('\n') }).toEqual({
      exitCode: 0,
      lines: [
        expect.stringMatching(/^note: config\.rb:7: \$update_channel: /),
        'Vagrantfile validated successfully.',
      ] as string[],
    });
  });

  it('is told of the provider on the command line, whatever lab.toml and the environment say', async () => {
    vagrant.addVirtualBox();
    vagrant.configure({ rb: '$vb_cpuexecutioncap = 50\n' });
    const cap = /\$vb_cpuexecutioncap: it belongs to VirtualBox/;
    expect((await vagrant.run('libvirt', 'status')).text).toMatch(cap);
    expect((await vagrant.run('virtualbox', 'status')).text).not.toMatch(cap);
    // `up` says it before it looks for anything.
    expect((await vagrant.run('libvirt', 'up', '--provider=virtualbox', 'core-01')).text).not.toMatch(cap);
    expect((await vagrant.run('virtualbox', 'up', 'core-01', '--provider', 'libvirt', '--no-such')).text).toMatch(cap);
  });

  it('looks into both descriptions: a setting that does not exist is found', async () => {
    vagrant.addVirtualBox();
    vagrant.edit((text) => text.replace('libvirt.memory =', 'libvirt.memmory =').replace('box.cpus =', 'box.cpu ='));
    const libvirt = await vagrant.run('libvirt', 'validate');
    expect(libvirt.exitCode).toBe(1);
    expect(libvirt.text).toMatch(/Libvirt Provider:\s+\* The following settings shouldn't exist: memmory/);
    const virtualbox = await vagrant.run('virtualbox', 'validate');
    expect(virtualbox.text).toMatch(/VirtualBox Provider:\s+\* The following settings shouldn't exist: cpu/);
  });
});

describe('the key of the machines', () => {
  it('is found when it is made after Vagrant has read the Vagrantfile, also by a configuration that is made anew', async () => {
    vagrant.edit(
      (text) => `${text}
Vagrant.configure('2') do |config|
  config.trigger.before :halt do |trigger|
    trigger.ruby do |env, _|
      keys = -> { env.machine(:'core-01', :libvirt, true).config.ssh.private_key_path }
      puts "before: #{keys.call}"
      $coreos_lab_keys.replace(['/made/meanwhile'])
      puts "after: #{keys.call}"
      $stdout.flush
      # Nothing to halt, and no libvirtd to ask about it.
      exit!(0)
    end
  end
end
`,
    );
    const { exitCode, text } = await vagrant.run('libvirt', 'halt', 'core-01');
    expect({ exitCode, text }).toMatchObject({ exitCode: 0 });
    expect(text).toContain('before: []');
    expect(text).toContain('after: ["/made/meanwhile"]');
  });
});

describe('vagrant says what the lab says, and no more', () => {
  it('of a config.rb that it cannot follow', async () => {
    vagrant.configure({ rb: '$vm_memory = 2048\n$num_instances = 12\n' });
    const { exitCode, text } = await vagrant.run('libvirt', 'validate');
    expect({ exitCode, lines: text.split('\n') }).toEqual({
      exitCode: 78,
      lines: [
        'error config.rb:2: $num_instances must be a whole number from 1 to 9, not 12 [config.value]',
        'next  Edit line 2 of config.rb, for example: $num_instances = 3',
      ],
    });
  });

  it('of a value that the Vagrantfile could not use', async () => {
    vagrant.configure({ rb: '$forwarded_ports = {"web" => 3000}\n' });
    const { exitCode, text } = await vagrant.run('libvirt', 'status');
    expect(exitCode).toBe(78);
    expect(text).toMatch(/^error config\.rb:1: \$forwarded_ports must be like \{8091 => 8091\}/);
    expect(text).not.toMatch(/\.rb:\d+:in /);
  });

  it('of a lab.toml with a mistake', async () => {
    vagrant.configure({ toml: '[vagrant]\ndriver = "hyperv"\n' });
    const { exitCode, text } = await vagrant.run('libvirt', 'status');
    expect(exitCode).toBe(78);
    expect(text.split('\n')).toEqual([
      'error lab.toml:2: [vagrant] driver must be "auto", "kvm" or "qemu" [config.value]',
      'next  Edit line 2 of lab.toml; a key that is left out has its default.',
    ]);
  });

  it('of a host without VirtualBox in its kernel, before anything is made', async () => {
    vagrant.addVirtualBox();
    const { exitCode, text } = await vagrant.run('virtualbox', 'up', 'core-01');
    expect(exitCode).toBe(1);
    expect(text).toMatch(/(error|\|) VirtualBox in the kernel: not loaded: vboxdrv vboxnetflt/);
    expect(text).toContain('modprobe -a vboxdrv vboxnetflt');
    expect(existsSync(join(vagrant.dir, 'state'))).toBe(false);
  });
});

describe('with machines that Vagrant remembers', () => {
  it('says that a lab is down, instead of a connection error', async () => {
    vagrant.remember('core-02');
    expect(await vagrant.run('libvirt', 'halt', 'core-02')).toEqual({
      exitCode: 74,
      text: 'error lab vagranttest is not up, all its machines are off [state.lab-down]\nnext  vagrant up',
    });
  });

  it('forgets them when the lab was destroyed', async () => {
    vagrant.remember('core-02');
    vagrant.destroyLab();
    const { exitCode, text } = await vagrant.run('libvirt', 'status');
    expect(exitCode).toBe(0);
    expect(text).toMatch(/^core-02 +not created \(libvirt\)$/m);
  });
});
