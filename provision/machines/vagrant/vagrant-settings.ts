import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { mustHave } from '#errors/must-have.ts';
import type { HypervisorName, LabConfig, MachineConfig } from '../../config/lab-config.ts';
import { assignPorts, type ForwardedPort } from '../../config/forwarded-ports.ts';
import { chosenDriver, stretchFactor } from '../../config/stretch-timers.ts';
import { machineId } from '../machine-id.ts';
import type { LabPaths } from '../ground/lab-paths.ts';
import { bridge, machineLink } from '../ground/lab-network.ts';
import { poolName } from './libvirt/guest-disks.ts';
import { libvirtSocket, libvirtUri } from './libvirt/libvirt-places.ts';
import { type VirtualboxSettings, virtualboxSettings } from './virtualbox-settings.ts';

/**
 * Everything the Vagrantfile is told, as plain JSON (`lab vagrant settings`): it makes no decision of its own.
 * Sizes are MB of 1024 * 1024 bytes, as Vagrant's are; paths are absolute.
 */
export interface VagrantSettings {
  readonly lab: string;
  /** What the lab's machines run on, or would where it has none yet. */
  readonly hypervisor: HypervisorName;
  /** Answers while the machines' hypervisor is there; connected to only. */
  readonly answersAt: string;
  /** Gone with the lab when it was destroyed, and in its place as long as it was not. */
  readonly goneWithLab: string;
  /** The config.rb that was read; the Vagrantfile reads the same one, with Ruby. It may not exist. */
  readonly configRb: string;
  readonly memoryMb: number;
  readonly cpus: number;
  readonly machines: readonly VagrantMachine[];
  readonly box: VagrantBox;
  /** How long Vagrant waits for a guest's SSH server, seconds. */
  readonly bootTimeoutS: number;
  readonly libvirt: LibvirtSettings;
  readonly virtualbox: VirtualboxSettings;
  readonly ssh: { readonly user: 'core'; readonly privateKey: string };
  /** What config.rb asks for and does not get, one sentence each; shown once. */
  readonly notices: readonly string[];
}

/** A machine's name is also the name of its libvirt domain. */
export interface VagrantMachine {
  readonly name: string;
  /** Of the domain, and so of the guest's firmware: systemd makes its machine-id from it at the first boot (machine-id(5)). */
  readonly uuid: string;
  /** The book's address, on the lab's bridge; set by Ignition. */
  readonly address: string;
  /** Of the interface on the lab's bridge. Ignition finds the interface by it. */
  readonly mac: string;
  /** Of the first interface, on the management network (DHCP). */
  readonly managementMac: string;
  /** The host's end of the interface on the lab's bridge: `vb-core-01`. */
  readonly tap: string;
  /** The whole Ignition config: QEMU hands it over by fw_cfg. */
  readonly ignitionFile: string;
  /** A config of a few bytes that fetches the whole one, for VirtualBox; written with it. */
  readonly smallIgnitionFile: string;
  readonly forwardedPorts: readonly ForwardedPort[];
  /** What the guest writes to its first serial port. */
  readonly serialLog: string;
}

/** A box by name; `file` is what `vagrant up` takes it from when Vagrant does not have it yet. */
export interface VagrantBox {
  readonly name: string;
  readonly file: { readonly libvirt: string; readonly virtualbox: string };
}

export interface LibvirtSettings {
  /** The lab's own libvirtd: no other machine or network of the host is known to it. */
  readonly uri: string;
  readonly socket: string;
  readonly driver: 'kvm' | 'qemu';
  readonly cpuMode: 'host-passthrough' | 'custom';
  /** Only with cpuMode `custom`. */
  readonly cpuModel?: string;
  /** Only with driver `qemu`. */
  readonly tbSizeMb?: number;
  /**
   * Each guest's second interface. The lab itself defines it in its libvirtd, as `<forward mode="bridge"/>` on `bridge`:
   * vagrant-libvirt names a tap only on a libvirt network, and checks a bridge named directly against the host's.
   */
  readonly machineNetwork: { readonly name: string; readonly bridge: string };
  /** Each guest's first interface (DHCP); vagrant-libvirt makes it where it is not there. */
  readonly managementNetwork: { readonly name: string; readonly cidr: string };
  readonly storagePool: { readonly name: string; readonly path: string };
}

export interface GuestSettings extends Pick<VagrantSettings, 'machines' | 'ssh' | 'virtualbox'> {
  readonly libvirt: Pick<LibvirtSettings, 'uri' | 'machineNetwork' | 'managementNetwork' | 'storagePool'>;
}

/** What only the host can tell. */
export interface VagrantHost {
  /** Whether a guest makes progress on /dev/kvm: it can exist and hang. */
  readonly kvmUsable: boolean;
  readonly configRb: string;
  readonly repoDir: string;
}

/** What the provider itself must know of its guests: needs no box and no look at the host. Pure. */
export function guestSettings(config: LabConfig, paths: LabPaths, repoDir: string): GuestSettings {
  const ports = assignPorts(config.machines.length, config.vagrant.ports);
  const { uri, machineNetwork, managementNetwork, storagePool } = libvirtSettings(config, paths, { kvmUsable: false });
  return {
    machines: config.machines.map((machine, i) => vagrantMachine(config, paths, machine, ports[i] ?? [])),
    libvirt: { uri, machineNetwork, managementNetwork, storagePool },
    virtualbox: virtualboxSettings(config, paths, repoDir),
    ssh: { user: 'core', privateKey: join(paths.keysDir, 'id_ed25519') },
  };
}

/** Derives what Vagrant is told from the configuration; pure. */
export function vagrantSettings(
  config: LabConfig,
  paths: LabPaths,
  box: VagrantBox,
  host: VagrantHost,
): VagrantSettings {
  const first = mustHave(config.machines[0], 'first machine');
  const libvirt = libvirtSettings(config, paths, host);
  const guests = guestSettings(config, paths, host.repoDir);
  const emulated = config.vagrant.hypervisor === 'libvirt' && libvirt.driver === 'qemu';
  return {
    lab: config.name,
    hypervisor: config.vagrant.hypervisor,
    answersAt: config.vagrant.hypervisor === 'libvirt' ? libvirt.socket : paths.controlSocket,
    goneWithLab:
      config.vagrant.hypervisor === 'libvirt' ? join(paths.stateDir, 'libvirt') : guests.virtualbox.machineFolder,
    configRb: host.configRb,
    memoryMb: first.memoryBytes / 1024 ** 2,
    cpus: first.cpus,
    ...guests,
    box,
    bootTimeoutS: bootTimeoutS(config, emulated),
    libvirt,
    notices: config.notices,
  };
}

/** Guests share the host's CPUs: three that boot at once take as long as three after one another. */
function bootTimeoutS({ timers, machines, vagrant }: LabConfig, emulated: boolean): number {
  return Math.ceil((timers.bootDeadlineMs * stretchFactor(vagrant, emulated) * machines.length) / 1000);
}

function vagrantMachine(
  config: LabConfig,
  paths: LabPaths,
  machine: MachineConfig,
  forwardedPorts: readonly ForwardedPort[],
): VagrantMachine {
  return {
    name: machine.name,
    uuid: machineId(config.name, machine).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    address: machine.address,
    mac: mac(config.name, machine.index),
    managementMac: mac(config.name, 0x80 + machine.index),
    tap: machineLink(machine.name),
    ignitionFile: paths.machine(machine.name).ignitionFile,
    smallIgnitionFile: join(paths.machine(machine.name).dir, 'ignition-small.json'),
    forwardedPorts,
    serialLog: join(paths.logDir, `${machine.name}-serial.txt`),
  };
}

function libvirtSettings(config: LabConfig, paths: LabPaths, host: Pick<VagrantHost, 'kvmUsable'>): LibvirtSettings {
  const { vagrant } = config;
  const driver = chosenDriver(vagrant, host.kvmUsable);
  const socket = libvirtSocket(paths);
  const cpuModel = vagrant.cpuModel ?? (driver === 'qemu' ? emulatesFast : undefined);
  return {
    uri: libvirtUri(paths),
    socket,
    driver,
    ...(cpuModel === undefined ? { cpuMode: 'host-passthrough' } : { cpuMode: 'custom', cpuModel }),
    ...(driver === 'qemu' ? { tbSizeMb: vagrant.tbSizeMb } : {}),
    machineNetwork: { name: 'machines', bridge },
    managementNetwork: { name: 'management', cidr: vagrant.managementCidr },
    storagePool: { name: 'lab', path: join(paths.stateDir, poolName) },
  };
}

/** Under emulation an old model is faster than QEMU's `max`: the guest's kernel and libraries choose plainer code. */
const emulatesFast = 'Nehalem';

/** QEMU's own prefix for addresses given locally, two bytes of the lab's name, one of the interface. */
function mac(lab: string, last: number): string {
  const [a = 0, b = 0] = createHash('sha256').update(lab).digest();
  return ['52', '54', '00', ...[a, b, last].map((byte) => byte.toString(16).padStart(2, '0'))].join(':');
}
