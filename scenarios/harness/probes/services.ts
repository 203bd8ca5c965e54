import type { Clock } from './clock.ts';
import { HttpLines } from './http-ask.ts';
import type { Endpoint } from './settings.ts';

/** How often the discovery keys are looked at, in ticks of the grid. */
const everyTicks = 5;
const requestMs = 1_000;
const subnets = '/coreos.com/network/subnets/';
const services = '/services/';

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
    if (this.#ticks++ % everyTicks !== 0 || this.#pending !== undefined) return;
    const member = this.#members[this.#turn % this.#members.length];
    if (member === undefined) return;
    const { host, port } = member;
    const giveUp = this.#lines.ask({ host, port, method: 'POST', path: '/v3/kv/txn', body: question }, (answer) => {
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

  disconnect(): void {
    this.#pending?.giveUp();
    this.#pending = undefined;
    this.#turn += 1;
    this.#lines.destroy();
  }
}

const range = (prefix: string) => ({
  request_range: { key: base64(prefix), range_end: base64(`${prefix.slice(0, -1)}0`), serializable: true },
});
// Both prefixes in one request (etcd documentation, "gRPC gateway": POST /v3/kv/txn).
const question = JSON.stringify({ success: [range(services), range(subnets)] });

/** Whose machine a flannel subnet is. */
export interface Lease {
  /** `10.1.5.0/24` */
  readonly subnet: string;
  /** The machine's own address. */
  readonly via: string;
}

interface Pair {
  readonly key: string;
  readonly value: string;
}

/** Keys and values in the answer to the look. */
export function pairsIn(body: string): Pair[] {
  const { responses = [] } = JSON.parse(body) as { responses?: { response_range?: { kvs?: Kv[] } }[] };
  return responses.flatMap(({ response_range: found }) => found?.kvs ?? []).map(textOf);
}

/** Key `.../subnets/10.1.5.0-24`, value JSON with `PublicIP` (flannel's "etcd v3" layout). */
export function leasesIn(pairs: readonly Pair[]): Lease[] {
  return pairs.flatMap(({ key, value }) => {
    const via = key.startsWith(subnets) ? /"PublicIP":\s*"([\d.]+)"/.exec(value)?.[1] : undefined;
    return via === undefined ? [] : [{ subnet: key.slice(subnets.length).replace('-', '/'), via }];
  });
}

/** The services among the pairs; a value that is no address is left out. */
export function servicesIn(pairs: readonly Pair[], leases: readonly Lease[], machines: readonly Endpoint[]): Service[] {
  const owners = new Map(
    leases.map(({ subnet, via }) => [network(subnet), machines.find((m) => m.host === via)?.machine]),
  );
  return pairs.flatMap(({ key, value }) => {
    const [, host, port] = /^([^:\s]+)(?::(\d+))?$/.exec(value.trim()) ?? [];
    if (!key.startsWith(services) || host === undefined) return [];
    const id = key.slice(services.length);
    return [{ id, host, port: port === undefined ? undefined : Number(port), machine: owners.get(network(host)) }];
  });
}

/** flannel gives each machine a /24: the first three numbers say whose an address is. */
function network(address: string): string {
  return address.split('.').slice(0, 3).join('.');
}

interface Kv {
  readonly key: string;
  readonly value?: string;
}

function textOf({ key, value = '' }: Kv): Pair {
  return { key: Buffer.from(key, 'base64').toString(), value: Buffer.from(value, 'base64').toString() };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
