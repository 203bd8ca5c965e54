import { readServiceKey } from '#platform/etcd/keys/service-keys.ts';
import { running } from '#scenarios/harness/record/replay.ts';
import type { Moment } from './moment.ts';
import { unitParts } from './unit-parts.ts';

/** One unit of the application layer and one of the persistence layer that it is told of. */
export interface Talk {
  readonly from: { readonly unit: string; readonly machine: string };
  readonly to: { readonly unit: string; readonly machine: string | undefined };
  /** What the discovery key says: `10.1.1.2`. */
  readonly address: string;
  /** Is the unit at the other end active? Else whoever calls is left alone. */
  readonly answered: boolean;
}

/** Whom a kind of unit looks up. */
const wants: Readonly<Record<string, readonly string[]>> = { web: ['couchbase', 'memcached'], worker: ['couchbase'] };

/** Who talks to whom, by the units that run and the discovery keys as they are at that moment. Pure. */
export function talksOf({ units, keys }: Moment): Talk[] {
  const homeOf = (name: string): string | undefined =>
    units.find((unit) => unit.name === name)?.states.find(({ state }) => state === running)?.machine;
  const services = keys.flatMap(({ key, value }) => {
    const service = readServiceKey(key);
    return service === undefined ? [] : [{ ...service, value }];
  });
  return units.flatMap((unit) => {
    const { kind, sidekick } = unitParts(unit.name);
    const wanted = sidekick || !Object.hasOwn(wants, kind) ? [] : (wants[kind] ?? []);
    const homes = unit.states.filter(({ state }) => state === running).map(({ machine }) => machine);
    return homes.flatMap((machine) =>
      services
        .filter((service) => wanted.includes(service.kind))
        .map((service): Talk => {
          const name = `${service.kind}@${service.instance}.service`;
          const home = homeOf(name);
          return {
            from: { unit: unit.name, machine },
            to: { unit: name, machine: home },
            address: service.value,
            answered: home !== undefined,
          };
        }),
    );
  });
}
