import { join } from 'node:path';
import type { LabConfig } from '../../config/lab-config.ts';
import type { LabPaths } from '../ground/lab-paths.ts';

/** What Vagrant and the lab must know to use VirtualBox; plain JSON. */
export interface VirtualboxSettings {
  /** Directory of the VBoxManage that comes first in the PATH. */
  readonly bin: string;
  /** Environment for it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where virtual machines and their disks lie. */
  readonly machineFolder: string;
  /** The host's end of the lab's link, which each guest's second interface is bridged to. */
  readonly bridge: string;
  /** Names of the virtual machines: this, then the machine's name. */
  readonly prefix: string;
  /** Below the artifact server's directory: whole Ignition configs under names that cannot be guessed. */
  readonly offers: string;
  /** What they are fetched from. */
  readonly offersUrl: string;
  /** Percent of each CPU that a guest may use. */
  readonly executionCap: number;
  /** What VirtualBox's processes leave outside the lab's directories. */
  readonly debris: readonly string[];
}

/**
 * A registry of the lab's own (VBOX_USER_HOME) with a VBoxSVC of its own (VBOX_IPC_SOCKETID names its socket's directory,
 * VirtualBox manual, "VBoxSVC IPC Issues"): other virtual machines of the host are unknown to it. Pure.
 * @param repoDir of the checkout, which has the program
 */
export function virtualboxSettings(config: LabConfig, paths: LabPaths, repoDir: string): VirtualboxSettings {
  const home = join(paths.stateDir, 'virtualbox');
  const socketId = `coreos-lab-${config.name}`;
  return {
    bin: join(repoDir, 'provision/machines/vagrant/virtualbox/bin'),
    environment: {
      COREOS_LAB_SUPERVISOR: paths.supervisorFile,
      COREOS_LAB_SPEC: paths.specFile,
      VBOX_USER_HOME: home,
      VBOX_IPC_SOCKETID: socketId,
    },
    machineFolder: join(home, 'machines'),
    bridge: paths.hostLink,
    prefix: `coreos-lab-${config.name}-`,
    offers: join(paths.artifactsDir, 'ignition'),
    offersUrl: `http://${config.network.bridgeAddress}:${config.ports.artifacts}/ignition`,
    executionCap: config.vagrant.executionCap,
    debris: [`/tmp/.vbox-${socketId}-ipc`],
  };
}
