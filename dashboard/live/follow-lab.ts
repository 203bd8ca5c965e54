import { labFleet } from '#scenarios/harness/watch/lab-fleet.ts';
import { gatewayStore } from '#platform/etcd/gateway-store.ts';
import { oneMember } from '#platform/etcd/one-member.ts';
import { memberUrl } from '#platform/etcd/ports.ts';
import type { Lab } from '#provision/cluster/lab.ts';
import type { LabConfig } from '#provision/config/lab-config.ts';
import { machineId } from '#provision/machines/machine-id.ts';
import type { MachineStatus } from '#provision/machines/machine-provider.ts';
import type { EtcdMachines } from '#scenarios/harness/context/etcd-machines.ts';
import { ClusterWatch } from '#scenarios/harness/watch/cluster-watch.ts';
import { watchLeases } from '#scenarios/harness/watch/lease-watch.ts';
import type { Unstamped } from '../moment/seen.ts';
import { lookAtDecisions } from './decisions.ts';
import { lookAtLeases } from './leases-left.ts';
import { lookAtMachines } from './machine-facts.ts';
import { PageVisitors } from './page-visitors.ts';

const requestDeadlineMs = 800;

export interface FollowOptions {
  readonly tell: (seen: Unstamped) => void;
  /** ms since the story began. */
  readonly nowMs: () => number;
  /** Does anybody look at the page? What only a person wants to see is not asked for else. */
  readonly watched: () => boolean;
}

/** Follows a lab that is up, until it is not any more. */
export interface LabFollower {
  /** One look at what no watch tells. @param machines as their provider has just said */
  lookAt(machines: readonly MachineStatus[]): Promise<void>;
  stop(): Promise<void>;
}

/** Events that only a judge of a run needs: they would tell of a look that was late. */
const unwanted: ReadonlySet<string> = new Set(['unseen', 'watch-ended']);

/** Machines by the short form of their ids, as fleet writes it. */
function namesById({ name, machines }: LabConfig): ReadonlyMap<string, string> {
  return new Map(machines.map((machine) => [`${machineId(name, machine).slice(0, 8)}...`, machine.name]));
}

/** @returns once the cluster was looked at, whether it answered or not */
export async function followLab(lab: Lab, options: FollowOptions): Promise<LabFollower> {
  const { config } = lab;
  const { tell, nowMs, watched } = options;
  const timeoutMs = requestDeadlineMs * config.stretch;
  const cluster = new ClusterWatch(lab, {
    nowMs,
    add: (event) => {
      if (!unwanted.has((event as Unstamped).type)) tell(event);
    },
  });
  const addresses = config.machines.map(({ address }) => address);
  const fleet = labFleet(config, addresses, timeoutMs);
  const store = gatewayStore({ endpoints: addresses.map((address) => memberUrl(address)), timeoutMs });
  const members = new Map(addresses.map((address) => [address, oneMember(memberUrl(address))]));
  const visitors = new PageVisitors(config.machines, tell);
  const machineLook = lookAtMachines(lab, tell);
  const decisionLook = lookAtDecisions(fleet, namesById(config), tell);
  await cluster.start();
  const endLeases = await watchLeases(config, tell);

  return {
    lookAt: async (machines) => {
      const etcd: EtcdMachines = {
        machines: config.machines,
        member: (address) => members.get(address) ?? oneMember(memberUrl(address)),
        running: () => Promise.resolve(machines.filter(({ state }) => state === 'running').map(({ name }) => name)),
      };
      await machineLook(machines, etcd);
      if (!watched()) return visitors.leave();
      visitors.visit(cluster.view);
      // Each of them may find nobody who answers, and must not keep the others from looking.
      await Promise.allSettled([decisionLook(cluster.view), lookAtLeases({ store, machines: config.machines, tell })]);
    },
    stop: async () => {
      visitors.leave();
      await endLeases();
      await cluster.stop();
      await store.close();
      for (const member of members.values()) member.close();
    },
  };
}
