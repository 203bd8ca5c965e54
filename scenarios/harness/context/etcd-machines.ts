import type { OneMember } from '#platform/etcd/one-member.ts';
import type { MachineConfig } from '#provision/config/lab-config.ts';

/** How to reach the members: only machines that run are asked, so that no probe leaves a lab that is down. */
export interface EtcdMachines {
  readonly machines: readonly Pick<MachineConfig, 'name' | 'address'>[];
  /** Names of the machines that run now. */
  running(): Promise<readonly string[]>;
  /** The member at a machine's address, each time the same. */
  member(address: string): OneMember;
}
