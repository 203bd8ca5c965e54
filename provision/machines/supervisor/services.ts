import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabPaths } from '../ground/lab-paths.ts';
import type { SupervisorMachine, SupervisorSpec } from '../ground/supervisor-spec.ts';
import { startRegistry } from '../../image/registry/registry.ts';
import { hostPullThrough } from './host-pull-through.ts';
import { mountRegistryLayer } from './registry-layer.ts';
import { startRegistryFront } from './registry-front.ts';
import { type Daemon, startDaemon } from './child.ts';
import { bridge } from '../ground/lab-network.ts';

const restartDelayMs = 500;
/** Less than docker waits; a registry far away that has to ask yet another one needs seconds. */
const upstreamAnswerMs = 30_000;

/** Daemons that the machines rely on: DNS, container registry, RSVP stream, lxcfs or libvirtd. Restarted when they die. */
export interface LabServices {
  readonly lxcfsDir: string;
  /** One sentence for each daemon that died, oldest first. */
  readonly deaths: readonly string[];
  /** Has the lab's DNS answer for these machines and no others. */
  nameMachines(machines: readonly SupervisorMachine[]): Promise<void>;
  /** The image registry answers (machines boot meanwhile). */
  readonly ready: Promise<void>;
}

/** @param libvirtd its argv, where the machines are its guests */
export function startLabServices(spec: SupervisorSpec, paths: LabPaths, libvirtd?: readonly string[]): LabServices {
  const deaths: string[] = [];
  const lxcfsDir = join(paths.runDir, 'lxcfs');
  mkdirSync(lxcfsDir, { recursive: true });
  const died = (sentence: string, again: () => void): void => {
    deaths.push(`${new Date().toISOString()} ${sentence}`);
    setTimeout(again, restartDelayMs);
  };
  const now = new Map<string, Daemon>();
  const keep = (name: string, argv: readonly string[], before?: () => void): void => {
    before?.();
    const daemon: Daemon = startDaemon(name, argv, join(paths.logDir, `${name}.log`));
    now.set(name, daemon);
    void daemon.ended.then((sentence) => died(sentence, () => keep(name, argv, before)));
  };
  const { upstream } = spec;
  let registryAddr: string | undefined;
  const keepRegistry = async (storage: string, writable: boolean): Promise<void> => {
    const registry = await startRegistry({
      storage,
      writable,
      // Behind what asks another registry, too, it needs none that a machine knows.
      addr: upstream === undefined ? `${spec.network.bridgeAddress}:${spec.ports.registry}` : '127.0.0.1:0',
      logFile: join(paths.logDir, 'registry.log'),
    });
    registryAddr = registry.addr;
    void registry.ended.then((sentence) => {
      registryAddr = undefined;
      died(sentence, () => void keepRegistry(storage, writable).catch(console.error));
    });
  };
  const openRegistry = async (storage: string): Promise<void> => {
    // Pushes are refused where the state directory's file system carries no overlay (NFS, FUSE); everything else works.
    const layer = await mountRegistryLayer(paths, storage).catch((error: unknown) => {
      console.error('nothing can be pushed to the registry:', error);
    });
    await keepRegistry(layer ?? storage, layer !== undefined);
    if (upstream === undefined) return;
    await startRegistryFront({
      host: spec.network.bridgeAddress,
      port: spec.ports.registry,
      registry: () => registryAddr,
      pullThrough: hostPullThrough(upstream, paths, spec.stretch),
      own: upstream.own,
      answerMs: upstreamAnswerMs * spec.stretch,
    });
  };
  if (libvirtd !== undefined) keep('libvirtd', libvirtd);
  else if (spec.guestsOf === undefined)
    keep('lxcfs', lxcfsArgv(lxcfsDir, join(paths.runDir, 'lxcfs.pid')), () => detachDead(lxcfsDir));
  const hostsFile = join(paths.runDir, 'dns-hosts');
  writeFileSync(hostsFile, hostsText(spec.machines));
  keep('dns', dnsArgv(spec, hostsFile));
  const nameMachines = async (machines: readonly SupervisorMachine[]): Promise<void> => {
    await writeFile(hostsFile, hostsText(machines));
    // It reads --addn-hosts again (dnsmasq(8), "SIGHUP").
    now.get('dns')?.process.kill('SIGHUP');
  };
  if (spec.rsvp !== undefined) keep('rsvp', spec.rsvp);
  const ready = spec.registryStorage === undefined ? Promise.resolve() : openRegistry(spec.registryStorage);
  return { lxcfsDir, deaths, ready, nameMachines };
}

/** As hosts(5). Pure. */
function hostsText(machines: readonly SupervisorMachine[]): string {
  return machines.map(({ name, address }) => `${address} ${name}\n`).join('');
}

/** dnsmasq answers the lab's own names and refuses all others: the lab has no uplink to ask. */
function dnsArgv(spec: SupervisorSpec, hostsFile: string): string[] {
  return [
    'dnsmasq',
    '--keep-in-foreground',
    '--no-resolv',
    '--no-hosts',
    '--conf-file=/dev/null',
    '--pid-file',
    '--user=root',
    '--bind-interfaces',
    `--interface=${bridge}`,
    '--except-interface=lo',
    '--log-facility=-',
    '--local=//',
    '--cache-size=0',
    `--addn-hosts=${hostsFile}`,
    ...Object.entries(spec.network.names).map(([name, address]) => `--host-record=${name},${address}`),
  ];
}

/** What runs lxcfs at a directory, in the foreground. */
function lxcfsArgv(dir: string, pidFile: string): readonly string[] {
  return ['lxcfs', '-f', '--enable-cfs', '-p', pidFile, dir];
}

/**
 * Takes away what a killed lxcfs leaves: a mount that answers "Transport endpoint is not connected", on which no other lxcfs can mount.
 * Machines that run keep theirs, which is as dead, until they boot again.
 */
function detachDead(dir: string): void {
  spawnSync('umount', ['--lazy', '--quiet', dir], { stdio: 'ignore' });
}
