import { execFileSync } from 'node:child_process';
import { createConnection } from 'node:net';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Adapter, folderOf, type VirtualMachine } from './virtual-machine.ts';

const qmpDeadlineMs = 20_000;
const fileIn = (machine: VirtualMachine, name: string) => join(folderOf(machine.name), name);

/** As `showvminfo` words it. */
export async function vmState(machine: VirtualMachine): Promise<'running' | 'paused' | 'poweroff'> {
  if (pidOf(machine) === undefined) return 'poweroff';
  const { status } = (await qmp(machine, 'query-status')) as { status: string };
  return status === 'paused' ? 'paused' : 'running';
}

export function start(machine: VirtualMachine): void {
  const config = fileIn(machine, 'ignition-config.json');
  writeFileSync(config, machine.properties['/Ignition/Config'] ?? '');
  for (const name of ['qemu.pid', 'qmp.sock']) rmSync(fileIn(machine, name), { force: true });
  const adapters = Object.entries(machine.adapters).filter(([, { type }]) => type !== 'none');
  execFileSync('qemu-system-x86_64', [
    '-name',
    machine.name,
    '-machine',
    'pc',
    '-accel',
    'tcg,tb-size=512',
    '-cpu',
    'Nehalem',
    '-m',
    String(machine.memoryMb),
    '-smp',
    String(machine.cpus),
    '-nodefaults',
    '-display',
    'none',
    '-drive',
    `if=none,id=disk,format=qcow2,cache=unsafe,file=${machine.disk}`,
    '-device',
    'ahci,id=sata',
    '-device',
    'ide-hd,drive=disk,bus=sata.0',
    '-fw_cfg',
    `name=opt/com.coreos/config,file=${config}`,
    '-serial',
    machine.serialFile === undefined ? 'null' : `file:${machine.serialFile}`,
    '-qmp',
    `unix:${fileIn(machine, 'qmp.sock')},server=on,wait=off`,
    '-pidfile',
    fileIn(machine, 'qemu.pid'),
    '-daemonize',
    ...adapters.flatMap(([slot, adapter]) => adapterArgv(machine, slot, adapter)),
  ]);
  for (const [slot, { bridge }] of adapters) if (bridge !== undefined) bridgeOnto(bridge, tapOf(machine, slot));
}

export async function control(machine: VirtualMachine, command: string): Promise<void> {
  await qmp(machine, command);
}

/** Ends the machine at once, as a pulled cord does. */
export async function powerOff(machine: VirtualMachine): Promise<void> {
  await qmp(machine, 'quit');
  const deadline = performance.now() + qmpDeadlineMs;
  while (pidOf(machine) !== undefined && performance.now() < deadline)
    await new Promise((next) => setTimeout(next, 50));
}

/** VirtualBox's NAT and QEMU's user network are alike: 10.0.2.15, the host at 10.0.2.2, ports forwarded from the host. */
function adapterArgv(machine: VirtualMachine, slot: string, { type, model, mac }: Adapter): string[] {
  const address = mac.replace(/(..)(?=.)/g, '$1:');
  const device = `${model === 'virtio' ? 'virtio-net-pci' : 'e1000'},netdev=n${slot},mac=${address},romfile=`;
  if (type === 'bridged')
    return ['-netdev', `tap,id=n${slot},ifname=${tapOf(machine, slot)},script=no,downscript=no`, '-device', device];
  const forwards = Object.values(machine.forwardings).map((rule) => {
    const [, protocol, hostAddress, hostPort, guestAddress, guestPort] = rule.split(',');
    return `hostfwd=${protocol}:${hostAddress}:${hostPort}-${guestAddress}:${guestPort}`;
  });
  return ['-netdev', [`user,id=n${slot}`, ...forwards].join(','), '-device', device];
}

const tapOf = (machine: VirtualMachine, slot: string): string => `vbt${machine.uuid.slice(0, 8)}${slot}`;

/**
 * Puts the tap on the wire behind `link`: the bridge that the other end of this veth pair is on. That end is in the network
 * namespace of PID 1, as this process is in the lab's PID namespace.
 */
function bridgeOnto(link: string, tap: string): void {
  const inLab = (...argv: string[]) => execFileSync('nsenter', ['-t', '1', '-n', 'ip', ...argv], { encoding: 'utf8' });
  const index = Number(readFileSync(`/sys/class/net/${link}/iflink`, 'utf8'));
  const links = JSON.parse(inLab('-json', 'link')) as { ifindex: number; master?: string }[];
  const bridge = links.find(({ ifindex }) => ifindex === index)?.master;
  if (bridge === undefined)
    throw new Error(`Nonexistent host networking interface, name '${link}' (VERR_INTERNAL_ERROR)`);
  execFileSync('ip', ['link', 'set', tap, 'netns', '1']);
  inLab('link', 'set', tap, 'master', bridge, 'up');
}

function pidOf(machine: VirtualMachine): number | undefined {
  const file = fileIn(machine, 'qemu.pid');
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  const program = `/proc/${pid}/cmdline`;
  return pid > 0 && existsSync(program) && readFileSync(program, 'utf8').includes(machine.name) ? pid : undefined;
}

/** One command of QEMU's machine protocol (QEMU documentation, "QEMU Machine Protocol"), and its answer. */
function qmp(machine: VirtualMachine, command: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(fileIn(machine, 'qmp.sock'));
    let text = '';
    socket.setTimeout(qmpDeadlineMs, () => socket.destroy(new Error(`QEMU did not answer ${command}`)));
    socket.on('error', reject);
    socket.on('close', () => resolve({}));
    socket.on('data', (data) => {
      text += data.toString();
      const lines = text.split('\r\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        const message = JSON.parse(line) as { QMP?: object; return?: object; error?: { desc: string }; id?: string };
        if (message.QMP !== undefined) socket.write('{"execute":"qmp_capabilities"}');
        else if (message.error !== undefined) socket.destroy(new Error(message.error.desc));
        else if (message.id === 'asked') socket.end(() => resolve(message.return));
        else if (message.return !== undefined) socket.write(JSON.stringify({ execute: command, id: 'asked' }));
      }
    });
  });
}
