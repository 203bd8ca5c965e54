import { clientUrl, memberUrl, peerUrl } from '#platform/etcd/ports.ts';
import type { LabConfig, MachineConfig } from '../../config/lab-config.ts';
import type { EtcdStart } from './member.ts';

/** etcd's settings on one machine, as systemd's EnvironmentFile= reads them. */
export function etcdEnvironment(
  config: LabConfig,
  machine: MachineConfig,
  start: EtcdStart = bootstrapOf(config.machines),
): string {
  return [
    `ETCD_NAME=${machine.name}`,
    'ETCD_DATA_DIR=/var/lib/etcd/default',
    `ETCD_LISTEN_CLIENT_URLS=${memberUrl('0.0.0.0')}`,
    `ETCD_ADVERTISE_CLIENT_URLS=${clientUrl(machine.address)}`,
    `ETCD_LISTEN_PEER_URLS=${peerUrl(machine.address)}`,
    `ETCD_INITIAL_ADVERTISE_PEER_URLS=${peerUrl(machine.address)}`,
    `ETCD_INITIAL_CLUSTER=${start.members.map((member) => `${member.name}=${member.peerUrl}`).join(',')}`,
    `ETCD_INITIAL_CLUSTER_TOKEN=coreos-lab-${config.name}`,
    `ETCD_INITIAL_CLUSTER_STATE=${start.state}`,
    `ETCD_HEARTBEAT_INTERVAL=${config.timers.etcdHeartbeatMs}`,
    `ETCD_ELECTION_TIMEOUT=${config.timers.etcdElectionMs}`,
    'ETCD_PRE_VOTE=true',
    'ETCD_AUTO_COMPACTION_RETENTION=1',
    'ETCD_LOGGER=zap',
    // Go would take all of the host's cores for the machine's, and wake a thread on each of them ten times a second.
    `GOMAXPROCS=${machine.cpus}`,
    ...firstMember(machine, start),
    '',
  ].join('\n');
}

/**
 * Of members that begin together, for all but the one that the others ask first (etcd asks in the order of the URLs): the unit
 * waits for it before etcd begins.
 */
function firstMember(machine: MachineConfig, { state, members }: EtcdStart): string[] {
  const [first] = members.map((member) => member.peerUrl).sort();
  return state === 'new' && first !== undefined && first !== peerUrl(machine.address)
    ? [`FIRST_MEMBER_URL=${first}`]
    : [];
}

/** Static bootstrap: every member knows all from the start, so no discovery service is needed. */
export function bootstrapOf(machines: readonly MachineConfig[]): EtcdStart {
  return { state: 'new', members: machines.map(({ name, address }) => ({ name, peerUrl: peerUrl(address) })) };
}
