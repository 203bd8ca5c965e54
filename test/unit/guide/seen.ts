import type { Observed, ObservedUnit } from '#guide/conditions/observed.ts';

/** A unit that runs on a machine, or is given to it in another state. */
export function unitOn(
  name: string,
  machine: string | undefined,
  more: Partial<ObservedUnit> & { state?: string } = {},
): ObservedUnit {
  const { state = 'active/running', ...rest } = more;
  const states = machine === undefined ? [] : [{ machine, state, message: undefined }];
  return {
    name,
    desired: 'launched',
    target: machine,
    reason: undefined,
    states,
    fleetOptions: [],
    pulls: [],
    ...rest,
  };
}

/** Three ready machines with nothing on them, and what a test adds. */
export function seen(more: Partial<Observed> = {}): Observed {
  return {
    lab: 'test',
    up: true,
    machines: [1, 2, 3].map((n) => ({
      name: `core-0${n}`,
      address: `172.17.8.10${n}`,
      state: 'running' as const,
      etcd: 'healthy' as const,
      fleet: 'present' as const,
    })),
    units: [],
    keys: {},
    members: {},
    systemd: {},
    buckets: {},
    pages: {},
    images: {},
    ...more,
  };
}

/** The same with some machines down: no quorum with two of them. */
export function without(...names: string[]): Observed {
  const all = seen();
  const quorum = names.length < 2;
  return {
    ...all,
    machines: all.machines.map(({ name, address }) =>
      names.includes(name)
        ? { name, address, state: 'stopped' as const }
        : { name, address, state: 'running', etcd: quorum ? 'healthy' : 'unhealthy', fleet: 'present' },
    ),
    ...(quorum ? {} : { units: undefined, keys: undefined }),
  };
}
