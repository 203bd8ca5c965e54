import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { control, powerOff, start, vmState } from './hypervisor.ts';
import { describeImport, importBox } from './import-box.ts';
import { modify } from './modify.ts';
import {
  all,
  fileOf,
  find,
  folderOf,
  machineFolder,
  save,
  setMachineFolder,
  type VirtualMachine,
} from './virtual-machine.ts';

/**
 * Carries out one VBoxManage command.
 * @returns what it prints on standard output
 * @throws with what follows `VBoxManage: error: `
 */
export async function carryOut(argv: readonly string[]): Promise<string> {
  const [command = '', ...rest] = argv;
  const [first = '', second = ''] = rest;
  switch (command) {
    case '--version':
      return '7.0.20r163906\n';
    case 'list':
      return list(first);
    case 'setproperty':
      if (first !== 'machinefolder') break;
      setMachineFolder(second);
      return '';
    case 'import':
      if (first === '-n') return describeImport(second);
      if (rest.includes('--dry-run')) return describeImport(first);
      importBox(first, optionsOf(rest.slice(1)));
      return 'Successfully imported the appliance.\n';
    case 'showvminfo':
      return info(find(first));
    case 'modifyvm':
      return modifyMachine(find(first), rest.slice(1));
    case 'guestproperty':
      return guestProperty(first, find(second), rest.slice(2));
    case 'startvm':
      start(find(first));
      return `VM "${find(first).name}" has been successfully started.\n`;
    case 'controlvm':
      await controlMachine(find(first), second, rest[2]);
      return '';
    case 'unregistervm':
      rmSync(folderOf(find(first).name), { recursive: true });
      return '';
  }
  throw new Error(`the stand-in does not know: ${argv.join(' ')}`);
}

async function info(machine: VirtualMachine): Promise<string> {
  const { name, uuid, memoryMb, cpus } = machine;
  const adapters = Object.entries(machine.adapters).flatMap(([slot, { type, model, mac, bridge }]) => [
    `nic${slot}="${type}"`,
    ...(type === 'none' ? [] : [`nictype${slot}="${model}"`, `macaddress${slot}="${mac}"`]),
    ...(bridge === undefined ? [] : [`bridgeadapter${slot}="${bridge}"`]),
    ...(slot === '1' ? Object.values(machine.forwardings).map((rule, i) => `Forwarding(${i})="${rule}"`) : []),
  ]);
  return [
    `name="${name}"`,
    `UUID="${uuid}"`,
    `CfgFile="${fileOf(name)}"`,
    `memory=${memoryMb}`,
    `cpus=${cpus}`,
    `cpuexecutioncap=${machine.executionCap}`,
    `VMState="${await vmState(machine)}"`,
    ...adapters,
    '',
  ].join('\n');
}

function list(what: string): string {
  switch (what) {
    case 'vms':
      return all()
        .map(({ name, uuid }) => `"${name}" {${uuid}}\n`)
        .join('');
    case 'systemproperties':
      return `Default machine folder:          ${machineFolder()}\n`;
    case 'bridgedifs':
      return bridgeable().join('\n');
    case 'hostonlyifs':
    case 'dhcpservers':
    case 'hdds':
      return '';
  }
  throw new Error(`the stand-in does not know: list ${what}`);
}

/** Every Ethernet interface of the host that is up. */
function bridgeable(): string[] {
  const read = (name: string, file: string) => readFileSync(`/sys/class/net/${name}/${file}`, 'utf8').trim();
  return readdirSync('/sys/class/net')
    .filter((name) => existsSync(`/sys/class/net/${name}/type`) && name !== 'lo' && read(name, 'type') === '1')
    .map((name) => {
      const status = read(name, 'operstate') === 'up' ? 'Up' : 'Down';
      return `Name:            ${name}\nIPAddress:       0.0.0.0\nNetworkMask:     0.0.0.0\nStatus:          ${status}\n`;
    });
}

function modifyMachine(machine: VirtualMachine, words: readonly string[]): string {
  const changed = modify(machine, words);
  save(changed);
  if (changed.name !== machine.name) {
    rmSync(fileOf(machine.name));
    if (existsSync(folderOf(changed.name))) rmSync(folderOf(changed.name), { recursive: true });
    renameSync(folderOf(machine.name), folderOf(changed.name));
    const moved = { ...changed, disk: changed.disk.replace(dirname(fileOf(machine.name)), folderOf(changed.name)) };
    save(moved);
  }
  return '';
}

function guestProperty(verb: string, machine: VirtualMachine, [key = '', value]: readonly string[]): string {
  if (verb === 'get')
    return machine.properties[key] === undefined ? 'No value set!\n' : `Value: ${machine.properties[key]}\n`;
  if (verb !== 'set' || value === undefined) throw new Error(`the stand-in does not know: guestproperty ${verb}`);
  // VirtualBox 7.2.8: "VERR_TOO_MUCH_DATA" (coreos/ignition issue 2226)
  if (Buffer.byteLength(value) >= 1024) throw new Error(`Cannot set ${key}: VERR_TOO_MUCH_DATA`);
  save({ ...machine, properties: { ...machine.properties, [key]: value } });
  return '';
}

async function controlMachine(machine: VirtualMachine, verb: string, value?: string): Promise<void> {
  if ((await vmState(machine)) === 'poweroff') throw new Error(`Machine '${machine.name}' is not currently running.`);
  if (verb === 'acpipowerbutton') return control(machine, 'system_powerdown');
  if (verb === 'pause') return control(machine, 'stop');
  if (verb === 'resume') return control(machine, 'cont');
  if (verb === 'poweroff') return powerOff(machine);
  if (verb === 'cpuexecutioncap') return save({ ...machine, executionCap: Number(value) });
  throw new Error(`the stand-in does not know: controlvm ${verb}`);
}

/** `--vsys 0 --vmname x`: the last of each name. */
function optionsOf(words: readonly string[]): Map<string, string> {
  const options = new Map<string, string>();
  words.forEach((word, i) => {
    if (word.startsWith('--')) options.set(word.slice(2), words[i + 1] ?? '');
  });
  return options;
}
