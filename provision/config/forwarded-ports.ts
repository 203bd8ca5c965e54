import { LabError } from '../../errors/lab-error.ts';

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
 * is free. Pure.
 * @param count number of machines
 * @returns for each machine
 * @throws LabError `config.value` when there is none up to 65535
 */
export function assignPorts(count: number, { forwarded, dockerTcp }: PortWishes): ForwardedPort[][] {
  const docker = (i: number): ForwardedPort[] =>
    dockerTcp === undefined ? [] : [{ guest: dockerPort, host: dockerTcp + i, hostAddress: '127.0.0.1' }];
  const machines = Array.from({ length: count }, (_, i) => docker(i));
  const taken = new Set(machines.flat().map(({ host }) => host));
  for (const ports of machines) {
    for (const { guest, host: wished } of forwarded) {
      let host = wished;
      while (taken.has(host)) host += 1;
      taken.add(host);
      ports.push({ guest, host });
    }
  }
  const beyond = Math.max(...taken);
  if (beyond <= lastPort) return machines;
  throw new LabError({
    code: 'config.value',
    cause: `config.rb: ${count} machines need ports of the host up to ${beyond}, and ${lastPort} is the last one`,
    next: 'Choose lower ports in $forwarded_ports and $expose_docker_tcp of config.rb.',
  });
}
