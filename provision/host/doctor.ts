import { LabError } from '#errors/lab-error.ts';
import type { HypervisorName, LabConfig } from '../config/lab-config.ts';
import type { Check, CheckResult } from './check.ts';
import { addressRange } from './checks/address-range.ts';
import { cgroups } from './checks/cgroups.ts';
import { hypervisor, kvm } from './checks/hypervisor.ts';
import { accessControl, userNamespace } from './checks/confinement.ts';
import { emulation } from './checks/emulation.ts';
import { firewall } from './checks/firewall.ts';
import { inotify } from './checks/inotify.ts';
import { fuse, loop, namespaces, overlay } from './checks/kernel.ts';
import { bridge, faults } from './checks/kernel-network.ts';
import { machineId } from './checks/machine-id.ts';
import { networkDaemons } from './checks/network-daemons.ts';
import { packages } from './checks/packages.ts';
import { paths } from './checks/paths.ts';
import { ports } from './checks/ports.ts';
import { cacheDisk, cpus, memory, stateDisk } from './checks/resources.ts';
import { routingRules } from './checks/routing-rules.ts';
import { apt, capabilities, debian, node, root } from './checks/system.ts';
import { guestMemory } from './checks/guest-memory.ts';
import { appArmor, libvirtAccess, libvirtDaemon, vagrant, vagrantPlugin } from './checks/vagrant.ts';
import { virtualBox, virtualBoxModules } from './checks/virtualbox.ts';
import type { HostProbe } from './host-probe.ts';
import { requireRoot } from './require-root.ts';
import { type Room, roomForMachines, roomText } from './room-for-machines.ts';

/** Plain data: can be written as JSON. */
export interface DoctorReport {
  /** false when a check failed: the lab would not run. Warnings leave it true. */
  readonly ok: boolean;
  readonly checks: readonly (CheckResult & Pick<Check, 'id' | 'title'>)[];
  /** How many machines of which size fit beside what runs now. */
  readonly room: readonly Room[];
  /** The same in a sentence. */
  readonly roomText: string;
}

/** In the order a person would look. */
function doctorChecks({ provider, vagrant: { hypervisor: hypervisorName } }: LabConfig): readonly Check[] {
  return [
    root,
    userNamespace,
    capabilities,
    node,
    debian,
    apt,
    packages,
    overlay,
    ...(provider === 'nspawn' ? [loop, machineId] : []),
    fuse,
    namespaces,
    bridge,
    faults,
    cgroups,
    inotify,
    accessControl,
    provider === 'vagrant' ? guestMemory : memory,
    cpus,
    emulation,
    paths,
    stateDisk,
    cacheDisk,
    addressRange,
    routingRules,
    firewall,
    networkDaemons,
    ports,
    ...(provider === 'vagrant' ? [vagrant, ...hypervisorChecks[hypervisorName]] : []),
  ];
}

const hypervisorChecks: Readonly<Record<HypervisorName, readonly Check[]>> = {
  libvirt: [vagrantPlugin, libvirtDaemon, libvirtAccess, hypervisor, kvm, appArmor],
  virtualbox: [virtualBox, virtualBoxModules],
};

/** Asks the host every question; reads only. */
export async function runDoctor(config: LabConfig, probe: HostProbe): Promise<DoctorReport> {
  const checks = await Promise.all(
    doctorChecks(config).map(async (check) => ({
      id: check.id,
      title: check.title,
      ...(await check.run(probe, config)),
    })),
  );
  const room = roomForMachines(probe, config);
  return { ok: checks.every(({ status }) => status !== 'fail'), checks, room, roomText: roomText(room, config) };
}

/**
 * For commands that need a fit host: returns the report when nothing failed.
 * @throws LabError permission.root when not root, host.CHECK for the first failed check with the others as evidence
 */
export async function requireFitHost(config: LabConfig, probe: HostProbe): Promise<DoctorReport> {
  requireRoot(probe.uid);
  const report = await runDoctor(config, probe);
  const [first, ...others] = report.checks.filter((check) => check.status === 'fail');
  if (!first) return report;
  throw new LabError({
    code: `host.${first.id}`,
    cause: `${first.title}: ${first.detail}`,
    evidence: others.map(({ title, detail, fix }) => `${title}: ${detail} (fix: ${fix})`),
    next: first.fix,
  });
}
