import { openFleetClient, type FleetClient } from '#platform/fleet/client/fleet-client.ts';
import { formatLine } from '#platform/fleet/parts/log.ts';
import { startFleetd, type Fleetd } from '#platform/fleet/daemon/start-fleetd.ts';
import { parseUnitFile } from '#platform/fleet/unit/parse.ts';
import { memoryStore, type MemoryStore } from '#platform/etcd/memory/memory-store.ts';
import { memorySystemd, type MemorySystemd } from '#platform/systemd/memory-systemd.ts';

export interface SimulatedMachine {
  readonly id: string;
  readonly systemd: MemorySystemd;
  readonly store: MemoryStore;
  readonly fleetd: Fleetd;
}

/** fleetd on several machines in one process: real HTTP on loopback, store and systemd from memory. */
export interface SimulatedCluster {
  readonly store: MemoryStore;
  readonly machines: SimulatedMachine[];
  readonly client: FleetClient;
  readonly log: string[];
  boot(n: number): Promise<SimulatedMachine>;
  /** unit -> machine names where it is active. */
  active(): Promise<Record<string, string>>;
  close(): Promise<void>;
}

export async function simulatedCluster(size: number, { fence = false } = {}): Promise<SimulatedCluster> {
  const store = memoryStore();
  const machines: SimulatedMachine[] = [];
  const log: string[] = [];
  const boot = async (n: number): Promise<SimulatedMachine> => {
    const own = store.connect();
    const systemd = memorySystemd();
    const config = {
      etcdServers: [],
      keyPrefix: '/_coreos.com/fleet/',
      machineId: String(n).repeat(32),
      hostname: `core-0${n}`,
      publicIp: `10.0.0.${n}`,
      metadata: { slot: String(n) },
      agentTtl: 1,
      unitsDirectory: '',
      resyncMs: 300,
      shutdownWaitMs: 6_000,
      disableEngine: false,
      fence,
      tokenLimit: 100,
      etcdRequestTimeoutMs: undefined,
      auth: { token: undefined, certificate: undefined, key: undefined, clientAuthority: undefined },
      listen: ['127.0.0.1:0'],
      systemd: 'memory' as const,
    };
    const fleetd = await startFleetd({
      config,
      store: own,
      systemd,
      log: (event, fields) => log.push(`core-0${n} ${formatLine(event, fields)}`),
    });
    return { id: config.machineId, systemd, store: own, fleetd };
  };
  for (let n = 1; n <= size; n++) machines.push(await boot(n));
  // A tenth of it is what a connection may take: more than a busy host keeps this process from its own.
  const client = openFleetClient({ endpoints: machines.flatMap((m) => [...m.fleetd.addresses]), timeoutMs: 60_000 });
  return {
    store,
    machines,
    client,
    log,
    boot,
    async active() {
      const found: Record<string, string> = {};
      for (const s of await client.listStates()) {
        if (s.systemdActiveState !== 'active') continue;
        const name = s.name ?? '';
        found[name] = [found[name], `core-0${(s.machineID ?? '').charAt(0)}`].filter((x) => x !== undefined).join(' ');
      }
      return found;
    },
    async close() {
      store.setAway(false);
      await Promise.all(machines.map((m) => m.fleetd.leave()));
      await store.close();
    },
  };
}

export const unitText = (xfleet = '', service = 'ExecStart=/bin/sleep 1') =>
  parseUnitFile(`[Service]\n${service}\n${xfleet === '' ? '' : `\n[X-Fleet]\n${xfleet}\n`}`, 'test');
