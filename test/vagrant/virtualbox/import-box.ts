import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileOf, folderOf, save, type VirtualMachine } from './virtual-machine.ts';

const unit = '11';

/** What `import --dry-run` says of a box, as far as Vagrant reads it. */
export function describeImport(ovf: string): string {
  const { name, disk } = readOvf(ovf);
  return [
    `Interpreting ${ovf}...`,
    'OK.',
    ` 1: Suggested VM name "${name}"`,
    ` 2: Suggested VM settings file name "${fileOf(name)}"`,
    `${unit}: Hard disk image: source image=${disk}, target path=${join(folderOf(name), disk)}, controller=9;port=0`,
    '',
  ].join('\n');
}

/** @param options of the command line, by name: `vmname`, `disk` */
export function importBox(ovf: string, options: ReadonlyMap<string, string>): void {
  const { disk, memoryMb } = readOvf(ovf);
  const name = options.get('vmname') ?? readOvf(ovf).name;
  const target = options.get('disk') ?? join(folderOf(name), disk);
  mkdirSync(dirname(target), { recursive: true });
  execFileSync('qemu-img', [
    'create',
    '-q',
    '-f',
    'qcow2',
    '-F',
    'raw',
    '-b',
    baseDisk(join(dirname(ovf), disk)),
    target,
  ]);
  const machine: VirtualMachine = {
    name,
    uuid: randomUUID(),
    disk: target,
    memoryMb,
    cpus: 1,
    executionCap: 100,
    adapters: { 1: { type: 'nat', model: '82540EM', mac: '080027000001' } },
    forwardings: {},
    properties: {},
  };
  save(machine);
}

function readOvf(file: string): { name: string; disk: string; memoryMb: number } {
  const text = readFileSync(file, 'utf8');
  const known = (pattern: RegExp): string => {
    const found = pattern.exec(text)?.[1];
    if (found === undefined) throw new Error(`Appliance read failed: ${file} has nothing like ${String(pattern)}`);
    return found;
  };
  const memory = /<rasd:ResourceType>4<\/rasd:ResourceType>\s*<rasd:VirtualQuantity>(\d+)</;
  return {
    name: known(/<VirtualSystem ovf:id="([^"]+)"/),
    disk: known(/<File [^>]*ovf:href="([^"]+)"/),
    memoryMb: Number(known(memory)),
  };
}

/** The box's disk, once for all machines; its boot loader names the place from which QEMU's guests get their config. */
function baseDisk(vmdk: string): string {
  const base = join(process.env['VBOX_USER_HOME'] ?? '', 'base.raw');
  if (existsSync(base)) return base;
  const work = `${base}.part`;
  execFileSync('qemu-img', ['convert', '-O', 'raw', vmdk, work]);
  const root = `${work}?offset=${rootOffset(work)}`;
  const config = `${base}.grub.cfg`;
  const debugfs = (request: string) => execFileSync('debugfs', ['-w', '-R', request, root], { stdio: 'ignore' });
  debugfs(`dump /boot/grub/grub.cfg ${config}`);
  const text = readFileSync(config, 'utf8');
  const platform = 'ignition.platform.id=';
  if (!text.includes(`${platform}virtualbox`)) throw new Error('the box is not one for VirtualBox');
  writeFileSync(config, text.replace(`${platform}virtualbox`, `${platform}qemu`).replace(' console=tty0', ''));
  debugfs('rm /boot/grub/grub.cfg');
  debugfs(`write ${config} /boot/grub/grub.cfg`);
  renameSync(work, base);
  return base;
}

/** Bytes, of the last partition. */
function rootOffset(disk: string): number {
  const table = JSON.parse(execFileSync('sfdisk', ['--json', disk], { encoding: 'utf8' })) as {
    partitiontable: { sectorsize: number; partitions: { start: number }[] };
  };
  const { partitions, sectorsize } = table.partitiontable;
  return (partitions.at(-1)?.start ?? 0) * sectorsize;
}
