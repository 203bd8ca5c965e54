import { fleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import type { EtcdStore } from '#platform/etcd/store.ts';
import { storeOver } from '#platform/etcd/store-over.ts';
import { defaultPageSize } from '#platform/fleet/api/pagination.ts';
import type { Reply } from '#platform/fleet/api/reply.ts';
import type { FleetdConfig } from '#platform/fleet/daemon/config.ts';
import { etcdTimeoutMs } from '#platform/fleet/daemon/etcd-timeout.ts';
import { formatLine, type Log } from '#platform/fleet/parts/log.ts';
import { startFleetd, type Fleetd } from '#platform/fleet/daemon/start-fleetd.ts';
import type { SystemdDriver } from '#platform/systemd/driver.ts';
import { simulatedConnection } from '../etcd/connection.ts';
import type { EtcdMember } from '../etcd/member.ts';
import type { Agenda } from '../world/agenda.ts';
import type { Network } from '../world/network.ts';
import type { SimulatedProcess } from '../world/process.ts';
import { answerCall, type ApiCall } from './api-door.ts';

/** What fleetd is told by its configuration, of what may differ from cluster to cluster. */
export interface FleetSettings {
  readonly ttlSeconds: number;
  readonly resyncMs: number;
  /** Off where it is left out. */
  readonly fence?: boolean;
}

/** Puts something between fleetd and what it stands on: a bug, to see that it is found. */
export interface Tampering {
  /** What stands in place of the machine's etcd. */
  readonly store?: (store: EtcdStore, machine: string) => EtcdStore;
  /** What stands in place of the machine's systemd. */
  readonly systemd?: (systemd: SystemdDriver, machine: string) => SystemdDriver;
}

/** One run of fleetd: the real one, whole, but for its HTTP server. */
export interface RunningFleetd {
  readonly process: SimulatedProcess;
  /** Answers a request that has arrived, in the process; never when it dies first. */
  call(request: ApiCall, reply: (reply: Reply) => void): void;
  /** Is there a request that it has not answered yet? */
  isAnswering(): boolean;
  /** As SIGTERM: leaves the cluster; `done` when it has. */
  leave(done: () => void): void;
  /** Its process is over: the kernel closes its connections. */
  closeSockets(): void;
}

/** Starts fleetd in a process of the simulation. */
export function runFleetd(args: {
  agenda: Agenda;
  network: Network;
  process: SimulatedProcess;
  machine: {
    readonly name: string;
    readonly id: string;
    readonly ip: string;
    readonly metadata: Record<string, string>;
  };
  /** The own one first. */
  members: readonly EtcdMember[];
  settings: FleetSettings;
  systemd: SystemdDriver;
  tampering: Tampering;
  onLog: (line: string) => void;
}): RunningFleetd {
  const { agenda, network, process, machine, settings, tampering } = args;
  const client = { agenda, network, host: machine.name, process };
  const connections = args.members.map((member) => simulatedConnection(client, member));
  const log: Log = (event, fields) => args.onLog(formatLine(event, fields));
  let fleetd: Fleetd | undefined;
  let unanswered = 0;
  process.run(() => {
    const plain = storeOver(connections, etcdTimeoutMs(settings.ttlSeconds));
    const used = tampering.store?.(plain, machine.name) ?? plain;
    const systemd = tampering.systemd?.(args.systemd, machine.name) ?? args.systemd;
    const config = configOf(machine, settings);
    void startFleetd({ config, store: used, systemd, log }).then((running) => (fleetd = running));
  });
  return {
    process,
    call(request, reply) {
      unanswered += 1;
      process.run(() => {
        if (fleetd === undefined) return;
        void answerCall(fleetd.registry, request).then((answer) => {
          unanswered -= 1;
          reply(answer);
        });
      });
    },
    isAnswering: () => unanswered > 0,
    leave(done) {
      process.run(() => void fleetd?.leave().then(done));
    },
    closeSockets() {
      for (const connection of connections) connection.close();
    },
  };
}

function configOf(
  machine: { name: string; id: string; ip: string; metadata: Record<string, string> },
  { ttlSeconds, resyncMs, fence = false }: FleetSettings,
): FleetdConfig {
  return {
    etcdServers: [],
    keyPrefix: fleetKeys().prefix,
    machineId: machine.id,
    hostname: machine.name,
    publicIp: machine.ip,
    metadata: machine.metadata,
    agentTtl: ttlSeconds,
    unitsDirectory: '',
    // What would listen are real sockets: requests come in by `call`.
    listen: [],
    systemd: 'memory',
    resyncMs,
    shutdownWaitMs: 6_000,
    disableEngine: false,
    fence,
    tokenLimit: defaultPageSize,
    etcdRequestTimeoutMs: undefined,
    auth: { token: undefined, certificate: undefined, key: undefined, clientAuthority: undefined },
  };
}
