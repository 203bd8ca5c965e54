import type { LabConfig, TimerConfig } from './lab-config.ts';

/**
 * Timers that a slow machine needs longer. How long images take to build does not depend on it; scenarios stretch their waits,
 * the deployment among them, by themselves.
 */
const stretched: readonly (keyof TimerConfig)[] = [
  ...(['fleetAgentTtlMs', 'etcdHeartbeatMs', 'etcdElectionMs'] as const),
  ...(['bootDeadlineMs', 'readyDeadlineMs', 'haltDeadlineMs'] as const),
];

/** Emulated guests share the host's CPUs at a fraction of their speed. */
const emulatedStretch = 10;

/** How guests run: on the CPU itself, or emulated. @param kvmUsable asked only of `auto`. Pure. */
export function chosenDriver({ driver }: LabConfig['vagrant'], kvmUsable: boolean): 'kvm' | 'qemu' {
  if (driver !== 'auto') return driver;
  return kvmUsable ? 'kvm' : 'qemu';
}

/** How many times as long the timers of guests are: as configured, else by whether they are emulated. Pure. */
export function stretchFactor({ stretch }: LabConfig['vagrant'], emulated: boolean): number {
  if (stretch > 0) return stretch;
  return emulated ? emulatedStretch : 1;
}

/**
 * The configuration for machines that are slower than containers on a host's own CPU: one that misses etcd's heartbeats
 * for want of CPU time would count as dead. Pure.
 * @param guests how many times slower guests are than containers of the same host; 1 for containers
 */
export function stretchTimers(config: LabConfig, guests: number): LabConfig {
  const factor = guests * config.hostStretch;
  if (factor === 1) return config;
  const timers = {
    ...config.timers,
    ...Object.fromEntries(stretched.map((key) => [key, config.timers[key] * factor])),
  };
  const because = guests === 1 ? '([timers] stretch)' : 'for emulated guests ([vagrant] stretch)';
  const notice = `every timer of lab.toml is ${factor} times as long ${because}.`;
  return Object.freeze({
    ...config,
    stretch: factor,
    timers: Object.freeze(timers),
    notices: [...config.notices, notice],
  });
}
