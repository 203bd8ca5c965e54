import type { LabConfig } from '../../config/lab-config.ts';
import type { LabPaths } from '../../machines/ground/lab-paths.ts';
import type { MachineProvider } from '../../machines/machine-provider.ts';

/** What a lab is made of, for the work on it: each part of that takes what it needs of these. */
export interface LabParts {
  readonly config: LabConfig;
  readonly repoDir: string;
  /** The directory of config.rb and lab.toml. */
  readonly configDir: string;
  readonly paths: LabPaths;
  readonly provider: MachineProvider;
  /** What runs the machines of another lab of this host. */
  readonly providerOf: (other: LabConfig) => MachineProvider;
}
