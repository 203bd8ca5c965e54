import type { Hierarchy } from '../cgroup/hierarchies.ts';
import type { LabPaths } from '../ground/lab-paths.ts';

/** What all machines of a lab share. */
export interface MachineGround {
  readonly name: string;
  readonly paths: LabPaths;
  readonly hierarchies: readonly Hierarchy[];
  readonly lxcfsDir: string;
  /** How many times slower than usual this host is; waits are as many times longer. */
  readonly stretch: number;
  /** Names of all machines that the lab has now. */
  readonly machines: () => readonly string[];
}
