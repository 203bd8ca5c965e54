import { join } from 'node:path';
import type { HypervisorName, LabConfig, ProviderName } from '../../config/lab-config.ts';
import { machineNamed } from '../../config/machine-named.ts';
import { Ground, type GroundOptions } from '../ground/ground.ts';
import type { LabPaths } from '../ground/lab-paths.ts';
import type { ProviderRecord } from '../ground/provider-record.ts';
import type { MachineProvider } from '../machine-provider.ts';
import { NspawnProvider } from '../nspawn/nspawn-provider.ts';
import type { Hypervisor } from '../vagrant/hypervisor.ts';
import { libvirtPlaces } from '../vagrant/libvirt/libvirt-places.ts';
import { LibvirtHypervisor } from '../vagrant/libvirt/libvirt-hypervisor.ts';
import { VagrantProvider } from '../vagrant/vagrant-provider.ts';
import { type GuestSettings, guestSettings } from '../vagrant/vagrant-settings.ts';
import { VirtualboxHypervisor } from '../vagrant/virtualbox/virtualbox-hypervisor.ts';

/** The lab that a provider is made for. */
export interface ProvidedLab {
  readonly config: LabConfig;
  readonly paths: LabPaths;
  readonly repoDir: string;
  /** The directory of config.rb and lab.toml. */
  readonly configDir: string;
  readonly specOf: GroundOptions['specOf'];
  readonly onProgress: (machine: string, detail: string) => void;
}

/** The provider that the configuration names: the only place that knows which there are. Touches nothing of the host. */
export function makeProvider(lab: ProvidedLab): MachineProvider {
  return providers[lab.config.provider](lab);
}

const providers: Readonly<Record<ProviderName, (lab: ProvidedLab) => MachineProvider>> = {
  nspawn: (lab) => new NspawnProvider(groundOf(lab, { provider: 'nspawn' })),
  vagrant: vagrantProvider,
};

interface OnHypervisor {
  /** Directories of the host that it makes in the supervisor's place (GroundOptions). */
  readonly places: readonly string[];
  readonly make: (ground: Ground, settings: GuestSettings, config: LabConfig) => Hypervisor;
}

const hypervisors: Readonly<Record<HypervisorName, OnHypervisor>> = {
  libvirt: { places: libvirtPlaces, make: (ground, settings) => new LibvirtHypervisor(ground, settings) },
  virtualbox: {
    places: [],
    make: (_, settings, config) => new VirtualboxHypervisor(settings, (name) => machineNamed(config, name).cpus),
  },
};

function vagrantProvider(lab: ProvidedLab): VagrantProvider {
  const { config, repoDir, configDir } = lab;
  const { hypervisor } = config.vagrant;
  const { places, make } = hypervisors[hypervisor];
  const ground = new Ground({ ...groundOf(lab, { provider: 'vagrant', hypervisor }), places });
  const settings = guestSettings(config, lab.paths, repoDir);
  return new VagrantProvider({
    ground,
    settings,
    hypervisor: make(ground, settings, config),
    place: { repoDir, configDir, dotDir: join(configDir, '.vagrant'), hypervisor },
    // Guests share the host's CPUs: three that boot at once take as long as three after one another.
    upDeadlineMs: config.timers.bootDeadlineMs * config.machines.length,
    stretch: config.stretch,
    onProgress: lab.onProgress,
  });
}

function groundOf({ config, paths, repoDir, specOf }: ProvidedLab, record: ProviderRecord): GroundOptions {
  return {
    paths,
    network: config.network,
    lab: config.name,
    machines: config.machines.map(({ name }) => name),
    stretch: config.stretch,
    record,
    specOf,
    bundle: join(repoDir, 'dist/cli/supervisor.js'),
  };
}
