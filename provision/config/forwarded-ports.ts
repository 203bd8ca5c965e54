/** What config.rb says of ports: the same for every machine. */
export interface PortWishes {
  /** `$forwarded_ports`, in its order. */
  readonly forwarded: readonly { readonly guest: number; readonly host: number }[];
  /** `$expose_docker_tcp`: of the first machine; the others have the next ones. */
  readonly dockerTcp?: number;
}

/** A port of a machine that can be reached at a port of the host. */
export interface ForwardedPort {
  readonly guest: number;
  readonly host: number;
  /** Absent: at every address of the host. */
  readonly hostAddress?: string;
}

const dockerPort = 2375;
const lastPort = 65_535;

/**
 * Gives every machine ports of its own on the host: the wished one, or, where a machine before it has that, the next one that
 * is free, downwards at the end of the range. Pure.
 * @param count number of machines
 * @returns for each machine
 */
export function assignPorts(count: number, { forwarded, dockerTcp }: PortWishes): ForwardedPort[][] {
  const taken = new Set<number>();
  const take = (wished: number): number => {
    let host = wished;
    while (taken.has(host) && host < lastPort) host += 1;
    while (taken.has(host)) host -= 1;
    taken.add(host);
    return host;
  };
  // Docker's first: one after the other, as coreos-vagrant has them.
  const machines = Array.from({ length: count }, (): ForwardedPort[] =>
    dockerTcp === undefined ? [] : [{ guest: dockerPort, host: take(dockerTcp), hostAddress: '127.0.0.1' }],
  );
  for (const ports of machines) for (const { guest, host } of forwarded) ports.push({ guest, host: take(host) });
  return machines;
}
