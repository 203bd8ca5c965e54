import { LabError } from '#errors/lab-error.ts';
import { flannelKeys } from '../etcd/keys/flannel-keys.ts';
import type { EtcdStore } from '../etcd/store.ts';
import { acquireSubnet, isReservation, type HeldSubnet } from './acquire.ts';
import type { Backend } from './backend.ts';
import { hostGateway } from './host-gateway.ts';
import { subnetText, type Subnet } from './ipv4.ts';
import type { SubnetLease } from './lease-record.ts';
import { watchLeases } from './leases.ts';
import { masquerade } from './masquerade.ts';
import { readNetworkConfig, type NetworkConfig } from './network-config.ts';
import type { FlannelOptions } from './options.ts';
import type { Run } from './run-command.ts';
import { readSubnetFile, renderSubnetFile, writeSubnetFile } from './subnet-file.ts';
import { vxlan } from './vxlan.ts';
import { patiently } from './waiting.ts';

export interface Surroundings {
  readonly store: EtcdStore;
  readonly run: Run;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * The life of flanneld: network configuration, lease, subnet file, routes, ready; then routes follow the leases until the signal.
 * Resolves on the signal, leaving lease and routes in place. Rejects with a LabError when it cannot go on (systemd starts it again).
 */
export async function runFlannel(options: FlannelOptions, around: Surroundings): Promise<void> {
  try {
    await serve(options, around);
  } catch (error) {
    if (!around.signal.aborted) throw error;
  }
  around.log('stopping: lease and routes stay');
}

async function serve(options: FlannelOptions, around: Surroundings): Promise<void> {
  const { store, run, log } = around;
  const prefix = options.etcdPrefix;
  const config = await patiently(`etcd and ${prefix}/config`, networkConfigReader(store, options, log), around);
  log(`network ${subnetText(config.network)}, backend ${config.backend.type}`);

  const backend = backendOf(config, options, run);
  const { mtu, vtepMac } = await backend.prepare();
  const previous = await readSubnetFile(options.subnetFile);
  const want = { prefix, config, publicIp: options.publicIp, ...(vtepMac === undefined ? {} : { vtepMac }) };
  const acquire = (subnet: Subnet | undefined) =>
    patiently('a subnet lease', () => acquireSubnet(store, { ...want, previous: subnet }), around);
  const first = await acquire(previous);
  const { subnet } = first;
  log(`${first.lease ? 'leased' : 'reserved:'} ${subnetText(subnet)} for ${options.publicIp}`);
  await backend.start(subnet);
  if (options.ipMasq) await masquerade(run, config.network, subnet);

  const leases = await patiently('the list of leases', () => watchLeases(store, prefix, log), around);
  const apply = async () => {
    const commands = await backend.apply(subnet, leases.current());
    for (const command of commands) log(command);
    return true;
  };
  await apply().catch((error: unknown) => log(`routes: ${messageOf(error)}; trying again`));

  const file = { network: config.network, subnet, mtu, ipMasq: options.ipMasq };
  await writeSubnetFile(options.subnetFile, renderSubnetFile(file));
  await notifyReady(around);

  try {
    let held = first;
    for (;;) {
      const reason = await leases.changed(refreshMs, around.signal, held.lease?.lost);
      if (around.signal.aborted) return;
      const isGone = reason === 'lost' || !leases.current().some((one) => isHeld(one, held, options.publicIp));
      if (isGone || (reason === 'news' && held.lease && (await becameReservation(store, held.key)))) {
        held = await holdAgain(held, acquire, log);
        if (held.subnet.base !== subnet.base) throw moved(subnet, held.subnet);
      }
      await apply().catch((error: unknown) => log(`routes: ${messageOf(error)}; trying again`));
    }
  } finally {
    await leases.close();
  }
}

function isHeld(lease: SubnetLease, held: HeldSubnet, publicIp: string): boolean {
  return lease.publicIp === publicIp && lease.subnet.base === held.subnet.base;
}

/** The lease itself is asked for its renewal hours later. False while etcd is away. */
async function becameReservation(store: EtcdStore, key: string): Promise<boolean> {
  return store.get(key).then(
    (kv) => kv !== undefined && isReservation(kv),
    () => false,
  );
}

/** Whoever takes the time to live off the key ends the lease and reserves the subnet: then nothing is written. */
async function holdAgain(
  held: HeldSubnet,
  acquire: (subnet: Subnet) => Promise<HeldSubnet>,
  log: (line: string) => void,
): Promise<HeldSubnet> {
  await held.lease?.revoke().catch(() => undefined); // the key may have gone without its lease
  const now = await acquire(held.subnet);
  const what = `${held.lease ? 'lease' : 'reservation'} of ${subnetText(held.subnet)}`;
  const so = now.lease ? `leased ${subnetText(now.subnet)}` : `${subnetText(now.subnet)} is reserved, and stays`;
  log(`the ${what} is gone; ${so}`);
  return now;
}

/** Routes are looked at this often without any news: whoever reconfigures the interface may have taken them away. */
const refreshMs = 10_000;

/**
 * Reads the network's configuration; undefined: nothing there yet, and nobody told us a default, or nothing that can be used. What is
 * wrong with it is said once: somebody may be about to put it right.
 */
function networkConfigReader(
  store: EtcdStore,
  options: FlannelOptions,
  log: (line: string) => void,
): () => Promise<NetworkConfig | undefined> {
  const key = flannelKeys(options.etcdPrefix).config;
  let complainedOf: string | undefined;
  return async () => {
    if (options.defaultConfig !== undefined) {
      await store.transact([{ key, absent: true }], [{ put: key, value: options.defaultConfig }]);
    }
    const kv = await store.get(key);
    if (kv === undefined) return undefined;
    try {
      return readNetworkConfig(kv.value, key);
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      if (kv.value !== complainedOf) log(`${error.message}; next: ${error.next}`);
      complainedOf = kv.value;
      return undefined;
    }
  };
}

/** systemd-notify speaks for its parent, which is the unit's main process (sd_notify(3)); without systemd there is nobody to tell. */
async function notifyReady({ run, env, log }: Surroundings): Promise<void> {
  log('ready');
  if (env.NOTIFY_SOCKET !== undefined) await run('systemd-notify', ['--ready']);
}

function moved(from: Subnet, to: Subnet): LabError {
  return new LabError({
    code: 'state.flannel-moved',
    cause: `${subnetText(from)} was leased to another machine meanwhile, or another one reserved for this; this machine now has ${subnetText(to)}`,
    next: 'systemctl restart flanneld docker',
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The backend that the network's configuration names. */
function backendOf(config: NetworkConfig, host: { iface: string; publicIp: string }, run: Run): Backend {
  return config.backend.type === 'vxlan'
    ? vxlan(config, { ...config.backend, ...host }, run)
    : hostGateway(config, host.iface, run);
}
