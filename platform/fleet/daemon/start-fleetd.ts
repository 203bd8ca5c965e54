import type { EtcdStore } from '../../etcd/store.ts';
import type { SystemdDriver } from '../../systemd/driver.ts';
import { runCommand } from '../../systemd/run-command.ts';
import { runAgent } from '../agent/run-agent.ts';
import { serveApi } from '../api/serve.ts';
import { runEngine } from '../engine/run-engine.ts';
import { fleetKeys } from '../../etcd/keys/fleet-keys.ts';
import { openMirror, type Mirror } from '../registry/mirror.ts';
import type { FleetdConfig } from './config.ts';
import type { Log } from './log.ts';
import { keepPresent } from './presence.ts';

/** A running fleetd: where its API listens, and how to leave the cluster (SIGTERM). */
export interface Fleetd {
  addresses: readonly string[];
  leave(): Promise<void>;
}

const drainMs = 15_000;

/**
 * Starts all parts in the order they need each other: API (so that a question gets an answer, if only 503), the copy of the
 * registry, agent and engine, presence last: a machine announces itself when it can take units.
 */
export async function startFleetd(args: {
  config: FleetdConfig;
  store: EtcdStore;
  systemd: SystemdDriver;
  log: Log;
}): Promise<Fleetd> {
  const { config, store, systemd, log } = args;
  const keys = fleetKeys(config.keyPrefix);
  const machine = { id: config.machineId, name: config.hostname, ip: config.publicIp, metadata: config.metadata };
  const leaving = new AbortController();
  const api = await serveApi(store, keys, config.listen, log);

  const start = async (): Promise<(() => Promise<void>) | undefined> => {
    const mirror = await untilOpen(() => openMirror(store, keys, (line) => log(line)), leaving.signal, log);
    if (mirror === undefined) return undefined;
    let lease = (): string | undefined => undefined;
    const shared = { store, keys, mirror, log, lease: () => lease() };
    const agent = runAgent({ ...shared, systemd, machine, resyncMs: config.resyncMs });
    const engine = runEngine({ ...shared, machineId: machine.id, ttlMs: config.agentTtl * 1000 });
    let notified = false;
    const onRegistered = (): void => {
      agent.wake();
      engine.wake();
      if (!notified && process.env['NOTIFY_SOCKET'] !== undefined) void runCommand('systemd-notify', ['--ready'], 5000);
      notified = true;
    };
    const presence = keepPresent({ store, keys, machine, ttlSeconds: config.agentTtl, log, onRegistered });
    lease = () => presence.lease();
    // Before the first registration nothing must read as "this machine lost its units".
    mirror.onChange((changed) => {
      if (changed.has(keys.machine(machine.id))) presence.ensure().catch(() => undefined);
    });
    return async () => {
      const goingDown = await systemd.shuttingDown();
      await engine.stop();
      await agent.stop();
      // The presence goes last: while it stands nobody else starts this machine's units, so no unit runs twice.
      if (goingDown) await agent.untilStopped(config.shutdownWaitMs);
      else await agent.drain(drainMs);
      await presence.leave();
      log('presence', { event: 'left', machine: machine.name });
      await mirror.close();
    };
  };
  const started = start();
  started.catch((error: unknown) => log('fleetd', { event: 'failed', cause: String(error) }));
  return {
    addresses: api.addresses,
    async leave() {
      leaving.abort();
      await api.close();
      await (
        await started
      )?.();
      await store.close();
    },
  };
}

/** etcd may take its time (no quorum yet): tries until it answers, saying so once per cause. */
async function untilOpen(open: () => Promise<Mirror>, signal: AbortSignal, log: Log): Promise<Mirror | undefined> {
  let said = '';
  while (!signal.aborted) {
    try {
      return await open();
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      if (cause !== said) log('fleetd', { event: 'waiting-for-etcd', cause });
      said = cause;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
  return undefined;
}
