import type { EtcdStore } from '../../etcd/store.ts';
import type { SystemdDriver } from '../../systemd/driver.ts';
import { runCommand } from '../../systemd/run-command.ts';
import { stopUnlessRead } from '../agent/leaving.ts';
import { runAgent } from '../agent/run-agent.ts';
import { apiGuard } from '../api/guard.ts';
import { metricsText } from '../api/metrics.ts';
import { serveApi } from '../api/serve.ts';
import { runEngine } from '../engine/run-engine.ts';
import type { Machine } from '../parts/model.ts';
import { fleetKeys, type FleetKeys } from '../../etcd/keys/fleet-keys.ts';
import { openMirror, type Mirror } from '../registry/mirror.ts';
import { registryOf, type Registry } from '../registry/registry.ts';
import type { FleetdConfig } from './config.ts';
import { fence, fenceAtStartMs, fenceWaitMs } from './fence.ts';
import type { Log } from '../parts/log.ts';
import { keepPresent } from './presence.ts';
import { type Reload, reloadOf } from './reload.ts';
import { fleetdState, type FleetdParts, type FleetdState } from './state.ts';

/** A running fleetd: where its API listens, what it knows (SIGUSR1), and how to leave the cluster (SIGTERM). */
export interface Fleetd {
  readonly addresses: readonly string[];
  /** What its API works on. */
  readonly registry: Registry;
  /** What it knows and does at the moment. */
  state(): FleetdState;
  /** Takes over what may change while it runs (SIGHUP): its units run on, its sockets stay open, and it stays present. */
  reload(read: FleetdConfig): Promise<Reload>;
  /** Stops every unit and removes its presence, so that others start them at once. Resolves when nothing of it works any more. */
  leave(): Promise<void>;
}

const drainMs = 15_000;

interface Surroundings {
  readonly config: FleetdConfig;
  readonly store: EtcdStore;
  readonly systemd: SystemdDriver;
  readonly log: Log;
}

/**
 * Starts all parts in the order they need each other: API (so that a question gets an answer, if only 503), the copy of the
 * registry, agent and engine, presence last: a machine announces itself when it can take units.
 */
export async function startFleetd(around: Surroundings): Promise<Fleetd> {
  const { store, log } = around;
  const keys = fleetKeys(around.config.keyPrefix);
  let { config } = around;
  let parts: FleetdParts | undefined;
  const registry = registryOf(store, keys, () => parts?.mirror);
  const metrics = (): string =>
    metricsText({
      view: parts?.mirror.view(),
      engine: parts?.engine?.figures(),
      isRegistered: parts?.presence.lease() !== undefined,
    });
  const guard = apiGuard(config.auth);
  const api = await serveApi(registry, config.listen, log, { pageSize: config.tokenLimit, metrics, guard });
  const begin = (): Beginning => {
    const ending = new AbortController();
    const start = async (): Promise<void> => {
      const { fence: hasFence, agentTtl } = config;
      const onRead = hasFence ? stopUnlessRead(around.systemd, fenceAtStartMs(agentTtl), log) : undefined;
      const mirror = await untilOpen(() => openMirror(store, keys, (line) => log(line)), ending.signal, log);
      await onRead?.();
      if (mirror !== undefined) parts = startParts({ ...around, config }, keys, mirror);
    };
    const started = start();
    started.catch((error: unknown) => log('fleetd', { event: 'failed', cause: String(error) }));
    return { ending, started };
  };
  let begun = begin();
  /** Nothing of it works any more; undefined: etcd had not answered yet. */
  const ended = async (): Promise<FleetdParts | undefined> => {
    begun.ending.abort();
    await begun.started;
    return parts;
  };
  return {
    addresses: api.addresses,
    registry,
    state: () => fleetdState(config, machineOf(config), api.addresses, parts),
    async reload(read) {
      const reload = reloadOf(config, read);
      if (reload.changed.length === 0 || begun.ending.signal.aborted) return reload;
      const former = await ended();
      config = reload.config;
      if (former !== undefined) {
        // As after a kill -9, whose next fleetd finds what is there: the lease stays until the new one has the keys.
        former.fence?.end();
        await former.engine?.stop();
        await former.agent.stop();
        former.presence.abandon();
        parts = undefined;
        await former.mirror.close();
      }
      begun = begin();
      return reload;
    },
    async leave() {
      await Promise.all([ended(), api.close()]);
      if (parts !== undefined) await leaveParts({ ...around, config }, parts);
      around.systemd.close();
      await store.close();
    },
  };
}

/** A start that may wait for etcd yet. */
interface Beginning {
  readonly ending: AbortController;
  readonly started: Promise<void>;
}

function machineOf({ machineId, hostname, publicIp, metadata }: FleetdConfig): Machine {
  return { id: machineId, name: hostname, ip: publicIp, metadata };
}

function startParts(around: Surroundings, keys: FleetKeys, mirror: Mirror): FleetdParts {
  const { config, store, systemd, log } = around;
  const machine = machineOf(config);
  let lease = (): string | undefined => undefined;
  const shared = { store, keys, mirror, log, lease: () => lease() };
  const ttlMs = config.agentTtl * 1000;
  const isAlone = (): boolean => {
    const { machines, unreadableMachines } = mirror.view();
    return unreadableMachines.length === 0 && machines.every(({ id }) => id === machine.id);
  };
  const own = config.fence
    ? fence({ ttlSeconds: config.agentTtl, isAlone, log, onChange: () => agent.wake() })
    : undefined;
  const isFenced = (): boolean => own?.isClosed() === true;
  const waitMs = config.fence ? fenceWaitMs(config.agentTtl) : 0;
  const agent = runAgent({ ...shared, systemd, machine, resyncMs: config.resyncMs, isFenced, fenceWaitMs: waitMs });
  const engine = config.disableEngine
    ? undefined
    : runEngine({
        ...shared,
        machineId: machine.id,
        ttlMs,
        fenceWaitMs: waitMs,
      });
  let isNotified = false;
  const onRegistered = (): void => {
    agent.wake();
    engine?.wake();
    if (!isNotified && process.env['NOTIFY_SOCKET'] !== undefined) void runCommand('systemd-notify', ['--ready'], 5000);
    isNotified = true;
  };
  const onContact = (): void => {
    own?.contact();
    engine?.contact();
  };
  // The copy of the registry has just been read.
  own?.contact();
  const presence = keepPresent({
    ...shared,
    machine,
    said: () => agent.said(),
    ttlSeconds: config.agentTtl,
    onRegistered,
    onContact,
  });
  lease = () => presence.lease();
  // Before the first registration nothing must read as "this machine lost its units".
  mirror.onChange((changed) => {
    if (changed.has(keys.machine(machine.id))) presence.ensure().catch(() => undefined);
  });
  return { mirror, agent, engine, presence, fence: own };
}

async function leaveParts(around: Surroundings, parts: FleetdParts): Promise<void> {
  const { config, systemd, log } = around;
  parts.fence?.end();
  const goingDown = await systemd.shuttingDown();
  await parts.engine?.stop();
  await parts.agent.stop();
  // The presence goes last: while it stands nobody else starts this machine's units, so no unit runs twice.
  const { agent, presence } = parts;
  const hasStopped = await (goingDown ? agent.untilStopped(config.shutdownWaitMs) : agent.drain(drainMs));
  await presence.leave(config.fence && hasStopped);
  log('presence', { event: 'left', machine: config.hostname });
  await parts.mirror.close();
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
