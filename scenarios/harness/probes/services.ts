import { Agent } from 'node:http';
import type { Clock } from './clock.ts';
import { httpAsk } from './http-ask.ts';
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
  #agent = new Agent({ keepAlive: true });
  #known: readonly Service[] = [];
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

  /** Called once a tick. */
  tick(): void {
    if (this.#pending !== undefined && this.#clock.now() - this.#pending.sinceMs > requestMs) this.disconnect();
    if (this.#ticks++ % everyTicks !== 0 || this.#pending !== undefined) return;
    const member = this.#members[this.#turn % this.#members.length];
    if (member === undefined) return;
    const { host, port } = member;
    const giveUp = httpAsk(
      { agent: this.#agent, host, port, method: 'POST', path: '/v3/kv/txn', body: question },
      (status) => status === 200,
      (answer) => {
        this.#pending = undefined;
        if (answer?.status === 200) this.#known = servicesIn(answer.body, this.#members);
        else this.#turn += 1;
      },
    );
    this.#pending = { sinceMs: this.#clock.now(), giveUp };
  }

  disconnect(): void {
    this.#pending?.giveUp();
    this.#pending = undefined;
    this.#turn += 1;
    this.#agent.destroy();
    this.#agent = new Agent({ keepAlive: true });
  }
}

const range = (prefix: string) => ({
  request_range: { key: base64(prefix), range_end: base64(`${prefix.slice(0, -1)}0`), serializable: true },
});
// Both prefixes in one request (etcd documentation, "gRPC gateway": POST /v3/kv/txn).
const question = JSON.stringify({ success: [range(services), range(subnets)] });

/** The services in the answer to the look; a value that is no address is left out. */
export function servicesIn(body: string, machines: readonly Endpoint[]): Service[] {
  const { responses = [] } = JSON.parse(body) as { responses?: { response_range?: { kvs?: Kv[] } }[] };
  const pairs = responses.flatMap(({ response_range: found }) => found?.kvs ?? []).map(textOf);
  const owners = new Map(
    pairs.flatMap(({ key, value }) => {
      const owner = key.startsWith(subnets) ? /"PublicIP":\s*"([^"]+)"/.exec(value)?.[1] : undefined;
      const machine = machines.find(({ host }) => host === owner)?.machine;
      return machine === undefined ? [] : [[network(key.slice(subnets.length)), machine] as const];
    }),
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

function textOf({ key, value = '' }: Kv): { key: string; value: string } {
  return { key: Buffer.from(key, 'base64').toString(), value: Buffer.from(value, 'base64').toString() };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
