import { gatewayStore } from '#platform/etcd/gateway-store.ts';
import { servicesPrefix } from '#platform/etcd/keys/service-keys.ts';
import { oneMember } from '#platform/etcd/one-member.ts';
import { clientUrl } from '#platform/etcd/ports.ts';
import { LabError } from '#errors/lab-error.ts';
import type { Lab } from '#provision/cluster/lab.ts';
import type { LabConfig } from '#provision/config/lab-config.ts';
import { imageName } from '#provision/image/registry/image-name.ts';
import { RegistryClient } from '#provision/image/registry/registry-client.ts';
import { homeOf, type Needs, type Observed, type ObservedUnit } from '../conditions/observed.ts';
import { bucketsOf } from './buckets.ts';
import { observePage } from './page.ts';
import { observeSystemd } from './systemd.ts';
import { observeUnits } from './units.ts';

/** Of one request; slow machines get `stretch` times as long. */
const requestDeadlineMs = 2_000;

/** Looks at a lab once: what is always asked, and what is needed beyond it. Changes nothing, and waits for nothing. */
export async function observeLab(lab: Lab, needs: Needs): Promise<Observed> {
  const { config } = lab;
  const deadlineMs = requestDeadlineMs * config.stretch;
  const { up, machines } = await lab.status();
  const running = machines.filter(({ state }) => state === 'running');
  const addresses = running.map(({ address }) => address);
  // Without a quorum neither answers, and fleet takes seconds to say so.
  const quorum = running.some(({ etcd }) => etcd === 'healthy');
  const [units, keys, members, askedImages] = await Promise.all([
    quorum ? observeUnits(config, addresses, deadlineMs) : undefined,
    quorum ? observeKeys(addresses, deadlineMs) : undefined,
    needs.members ? observeMembers(running, deadlineMs) : {},
    up ? asked(needs.images, (image) => registryHas(config, image, deadlineMs)) : {},
  ]);
  const addressOf = (unit: string) => running.find(({ name }) => name === homeOf({ units }, unit))?.address;
  const pages = needs.pages === 'all' ? running.map(({ name }) => name) : needs.pages;
  const [systemd, buckets, seenPages] = await Promise.all([
    observeSystemd(lab.provider(), placesOf(needs.systemd, units ?? [], running)),
    asked(needs.buckets, async (unit) => {
      const address = addressOf(unit);
      return address === undefined ? undefined : bucketsOf(address, deadlineMs);
    }),
    asked(pages, async (name) => {
      const machine = running.find((one) => one.name === name);
      return machine === undefined ? { trouble: 'it does not run' } : observePage(machine.address, deadlineMs);
    }),
  ]);
  // What does not run may pull what is not there.
  const idle = units?.filter(({ name }) => needs.systemd.includes(name) && homeOf({ units }, name) === undefined);
  const pulled = idle?.flatMap(({ pulls }) => pulls) ?? [];
  const images = { ...askedImages, ...(await asked(pulled, (image) => registryHas(config, image, deadlineMs))) };
  return { lab: config.name, up, machines, units, keys, members, images, systemd, buckets, pages: seenPages };
}

async function asked<T>(names: readonly string[], ask: (name: string) => Promise<T>): Promise<Record<string, T>> {
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await ask(name)] as const)));
}

/** Which machine's systemd to ask for each unit: the one that fleet gave it to. */
function placesOf(
  names: readonly string[],
  units: readonly ObservedUnit[],
  running: readonly { readonly name: string }[],
): { unit: string; machine: string }[] {
  return names.flatMap((unit) => {
    const target = units.find(({ name }) => name === unit)?.target;
    return target !== undefined && running.some(({ name }) => name === target) ? [{ unit, machine: target }] : [];
  });
}

/** Undefined when no member answers. */
async function observeKeys(
  addresses: readonly string[],
  timeoutMs: number,
): Promise<Record<string, string> | undefined> {
  const store = gatewayStore({ endpoints: addresses.map((address) => clientUrl(address)), timeoutMs });
  try {
    const { items } = await store.list(servicesPrefix);
    return Object.fromEntries(items.map(({ key, value }) => [key, value]));
  } catch (error) {
    if (error instanceof LabError) return undefined;
    throw error;
  } finally {
    await store.close();
  }
}

async function observeMembers(
  running: readonly { readonly name: string; readonly address: string }[],
  deadlineMs: number,
): Promise<Record<string, string>> {
  const answers = await Promise.all(
    running.map(async ({ name, address }) => {
      const member = oneMember(clientUrl(address));
      const status = await member.status(deadlineMs).finally(() => member.close());
      return status.ok ? [[name, status.value.id] as const] : [];
    }),
  );
  return Object.fromEntries(answers.flat());
}

/** Has the lab's registry the image, as a pull on a machine would ask for it? */
async function registryHas(
  { network, ports }: Pick<LabConfig, 'network' | 'ports'>,
  image: string,
  deadlineMs: number,
): Promise<boolean> {
  return new RegistryClient(`${network.bridgeAddress}:${ports.registry}`, deadlineMs).has(imageName(image));
}
