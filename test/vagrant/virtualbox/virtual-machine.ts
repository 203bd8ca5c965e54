import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** One virtual machine of the stand-in, as its `.vbox` file (JSON here) holds it. */
export interface VirtualMachine {
  name: string;
  readonly uuid: string;
  readonly disk: string;
  memoryMb: number;
  cpus: number;
  executionCap: number;
  /** By number, from 1. */
  readonly adapters: Record<string, Adapter>;
  /** `name -> name,tcp,127.0.0.1,2222,,22`, all of adapter 1. */
  readonly forwardings: Record<string, string>;
  readonly properties: Record<string, string>;
  serialFile?: string;
}

export interface Adapter {
  readonly type: string;
  model: string;
  mac: string;
  bridge?: string;
}

const home = process.env['VBOX_USER_HOME'] ?? '';
const propertiesFile = join(home, 'VirtualBox.json');

export function machineFolder(): string {
  if (!existsSync(propertiesFile)) return join(home, 'VirtualBox VMs');
  return (JSON.parse(readFileSync(propertiesFile, 'utf8')) as { machineFolder: string }).machineFolder;
}

export function setMachineFolder(folder: string): void {
  mkdirSync(home, { recursive: true });
  writeFileSync(propertiesFile, JSON.stringify({ machineFolder: folder }));
}

export const folderOf = (name: string): string => join(machineFolder(), name);
export const fileOf = (name: string): string => join(folderOf(name), `${name}.vbox`);

export function all(): VirtualMachine[] {
  const folder = machineFolder();
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.filter((name) => existsSync(fileOf(name))).map((name) => read(name));
}

/** By name or UUID. @throws in VirtualBox's words when there is none */
export function find(nameOrUuid: string): VirtualMachine {
  const found = all().find(({ name, uuid }) => name === nameOrUuid || uuid === nameOrUuid);
  if (found !== undefined) return found;
  throw new Error(
    `Could not find a registered machine named '${nameOrUuid}'\n` +
      'VBoxManage: error: Details: code VBOX_E_OBJECT_NOT_FOUND (0x80bb0001), component VirtualBoxWrap',
  );
}

export function save(machine: VirtualMachine): void {
  mkdirSync(dirname(fileOf(machine.name)), { recursive: true });
  writeFileSync(fileOf(machine.name), JSON.stringify(machine, null, 2));
}

function read(name: string): VirtualMachine {
  return JSON.parse(readFileSync(fileOf(name), 'utf8')) as VirtualMachine;
}
