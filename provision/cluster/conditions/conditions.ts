import { z } from 'zod';
import { oneMember } from '#platform/etcd/one-member.ts';
import { memberUrl } from '#platform/etcd/ports.ts';
import type { FleetApi } from '../parts/fleet-api.ts';
import { getJson } from './get-json.ts';
import { waitUntil } from '../../machines/wait-until.ts';

/** Something that must become true: it has a name, and while it is not true it can say what is missing. */
export interface Condition {
  readonly name: string;
  /** What is still missing, in a few words; undefined when the condition holds. */
  missing(): Promise<string | undefined>;
  /** Last journal lines (or the like) of what is being waited for. */
  evidence?(): Promise<string[]>;
}

/**
 * Waits until a condition holds.
 * @param onMissing called with what is missing, each time that changes
 * @throws LabError `timeout.condition` with the condition's evidence
 */
export async function until(
  condition: Condition,
  options: { withinMs: number; everyMs?: number; next: string; onMissing?: (missing: string) => void },
): Promise<void> {
  let last = 'not looked at yet';
  await waitUntil({
    condition: condition.name,
    deadlineMs: options.withinMs,
    everyMs: options.everyMs ?? 50,
    next: options.next,
    evidence: async () => [`missing: ${last}`, ...((await condition.evidence?.().catch(() => [])) ?? [])],
    check: async () => {
      const missing = await condition.missing();
      if (missing !== undefined && missing !== last) options.onMissing?.(missing);
      last = missing ?? '';
      return missing === undefined;
    },
  });
}

/** fleet's API, GET /machines: without `machines` when there is none. */
const machinePage = z.object({ machines: z.array(z.object({ primaryIP: z.string() })).default([]) });

/** For an answer of a container; slow machines get `stretch` times as long (LabConfig.stretch). */
const requestDeadlineMs = 1_000;

/** Every one of these members answers /health with true (etcd documentation, "Monitoring etcd"). */
export function etcdHealthy(addresses: readonly string[], stretch = 1): Condition {
  return {
    name: `${addresses.length} etcd members healthy`,
    missing: async () => {
      const healthy = await Promise.all(addresses.map((address) => etcdMemberHealthy(address, stretch)));
      const count = healthy.filter(Boolean).length;
      return count === addresses.length ? undefined : `${count} of ${addresses.length} etcd members healthy`;
    },
  };
}

/**
 * Does this member take part in a quorum? No answer in time is no.
 * @param stretch how many times slower than usual this host is
 */
export async function etcdMemberHealthy(address: string, stretch = 1): Promise<boolean> {
  const member = oneMember(memberUrl(address));
  return member.healthy(requestDeadlineMs * stretch).finally(() => member.close());
}

type AskedApi = Pick<FleetApi, 'urlOf' | 'credentials'>;

/** fleet's API on the first of these machines lists all of them. */
export function fleetLists(addresses: readonly string[], api: AskedApi, stretch = 1): Condition {
  return {
    name: `fleet lists ${addresses.length} machines`,
    missing: async () => {
      const listed = await fleetMachines(addresses, api, stretch);
      if (listed === undefined) return "fleet's API does not answer yet";
      const present = addresses.filter((address) => listed.includes(address));
      return present.length === addresses.length
        ? undefined
        : `fleet lists ${present.length} of ${addresses.length} machines`;
    },
  };
}

/** Addresses of the machines fleet counts as present; undefined when no API answers. */
export async function fleetMachines(
  addresses: readonly string[],
  api: AskedApi,
  stretch = 1,
): Promise<string[] | undefined> {
  const { token, ...tls } = api.credentials();
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  for (const address of addresses) {
    const url = `${api.urlOf(address)}/fleet/v1/machines`;
    const page = await getJson(machinePage, url, requestDeadlineMs * stretch, headers, tls);
    if (page !== undefined) return page.machines.map(({ primaryIP }) => primaryIP);
  }
  return undefined;
}
