import { isRecord } from '#errors/is-record.ts';
import { base64Form } from '#platform/etcd/base64.ts';
import { gatewayPaths } from '#platform/etcd/gateway-paths.ts';
import { flannelKeys, readFlannelLease } from '#platform/etcd/keys/flannel-keys.ts';
import { readAnnouncement, servicesPrefix } from '#platform/etcd/keys/service-keys.ts';
import type { KeyValue } from '#platform/etcd/store.ts';
import { wire } from '#platform/etcd/wire.ts';
import type { Clock } from './clock.ts';
import { HttpLines } from './http-ask.ts';
import { servicesEveryTicks } from './probe-timers.ts';
import type { Endpoint } from './settings.ts';

const requestMs = 1_000;
const flannel = flannelKeys();

/** One server that announced itself: key `/services/memcached/2`, value `10.1.2.3` or `10.1.2.3:11211`. */
export interface Service {
  /** `memcached/2` */
  readonly id: string;
  readonly host: string;
  readonly port: number | undefined;
  /** Whose flannel subnet the address belongs to, when that is known. */
  readonly machine: string | undefined;
}

/**
 * The discovery keys and flannel's leases, followed by stale reads (they are answered without a quorum too). What was last
 * read stays; whether a server that is announced no more still answers is for the probe to find out.
 */
export class Services {
  readonly #members: readonly Endpoint[];
  readonly #clock: Clock;
  readonly #lines = new HttpLines();
  #known: readonly Service[] = [];
  #leases: readonly Lease[] = [];
  #ticks = 0;
  #turn = 0;
  #pending: { readonly sinceMs: number; giveUp(): void } | undefined;

  constructor(members: readonly Endpoint[], clock: Clock) {
    this.#members = members;
    this.#clock = clock;
  }

  /** All of one kind (`memcached`), by id. */
  of(kind: string): readonly Service[] {
    return this.#known.filter(({ id }) => id.startsWith(`${kind}/`));
  }

  /** flannel's leases, as last read. */
  get leases(): readonly Lease[] {
    return this.#leases;
  }

  /** Called once a tick. */
  tick(): void {
    if (this.#pending !== undefined && this.#clock.now() - this.#pending.sinceMs > requestMs) this.disconnect();
    if (this.#ticks++ % servicesEveryTicks !== 0 || this.#pending !== undefined) return;
    const member = this.#members[this.#turn % this.#members.length];
    if (member === undefined) return;
    const { host, port } = member;
    const giveUp = this.#lines.ask({ host, port, method: 'POST', path: gatewayPaths.txn, body: question }, (answer) => {
      this.#pending = undefined;
      if (answer?.status === 200) this.#take(pairsIn(answer.body));
      else this.#turn += 1;
    });
    this.#pending = { sinceMs: this.#clock.now(), giveUp };
  }

  #take(pairs: readonly Pair[]): void {
    this.#leases = leasesIn(pairs);
    this.#known = servicesIn(pairs, this.#leases, this.#members);
  }

  /** Lets go of the connection and of the question under way, whose answer is taken no more. What was last read stays. */
  disconnect(): void {
    this.#pending?.giveUp();
    this.#pending = undefined;
    this.#turn += 1;
    this.#lines.destroy();
  }
}

const range = (prefix: string) => ({ request_range: wire.rangeRequest(base64Form, prefix, true, true) });
// Both prefixes in one request. By the probes' own connections, not by
// the lab's client of etcd: what probes cost and how long they wait is measured.
const question = JSON.stringify({ success: [range(servicesPrefix), range(flannel.subnets)] });

/** Whose machine a flannel subnet is. */
export interface Lease {
  /** `10.1.5.0/24` */
  readonly subnet: string;
  /** The machine's own address. */
  readonly via: string;
}

type Pair = Pick<KeyValue, 'key' | 'value'>;

/** Keys and values in the answer to the look. */
export function pairsIn(body: string): Pair[] {
  const answer: unknown = JSON.parse(body);
  const responses: unknown = isRecord(answer) ? answer['responses'] : undefined;
  if (!Array.isArray(responses)) return [];
  return responses.filter(isRecord).flatMap((found) => wire.readRange(base64Form, found['response_range'] ?? {}).items);
}

/** flannel's leases among the pairs. */
export function leasesIn(pairs: readonly Pair[]): Lease[] {
  return pairs.flatMap((pair) => {
    const lease = readFlannelLease(flannel, pair);
    return lease === undefined ? [] : [{ subnet: lease.cidr, via: lease.publicIp }];
  });
}

/** The services among the pairs; a value that is no address is left out. */
export function servicesIn(pairs: readonly Pair[], leases: readonly Lease[], machines: readonly Endpoint[]): Service[] {
  const owners = new Map(
    leases.map(({ subnet, via }) => [network(subnet), machines.find((m) => m.host === via)?.machine]),
  );
  return pairs.flatMap(({ key, value }) => {
    const announced = key.startsWith(servicesPrefix) ? readAnnouncement(value) : undefined;
    if (announced === undefined) return [];
    const { address: host, port } = announced;
    return [{ id: key.slice(servicesPrefix.length), host, port, machine: owners.get(network(host)) }];
  });
}

/** flannel gives each machine a /24: the first three numbers say whose an address is. */
function network(address: string): string {
  return address.split('.').slice(0, 3).join('.');
}
