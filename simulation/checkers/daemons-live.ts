import type { Checker } from './checker.ts';

/** No fleetd ends by an exception, whatever etcd and systemd do to it. */
export function daemonsLive(): Checker {
  return {
    name: 'daemons-live',
    see: (event) => (event.kind === 'died' ? `fleetd of ${event.machine} has ended: ${event.error}` : undefined),
  };
}
