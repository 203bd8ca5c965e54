/** A machine as Docker is to see it. */
export interface MachineCores {
  /** 1-based. */
  readonly index: number;
  readonly cpus: number;
}

/**
 * The machine's CPU limit is a share of time, so that no machine depends on one core of the host; Docker, which counts
 * the cores it may run on when it starts, is kept to as many as the machine has, and reports that. Pure.
 * @param hostCpus that the machine's processes may run on
 * @returns a drop-in for docker.service; it takes the place of what drop-ins before it say (systemd.exec(5), CPUAffinity=)
 */
export function dockerCores({ index, cpus }: MachineCores, hostCpus: number): string {
  const cores = Array.from({ length: Math.min(cpus, hostCpus) }, (_, n) => (index - 1 + n) % hostCpus);
  return `[Service]\nCPUAffinity=\nCPUAffinity=${cores.join(' ')}\n`;
}
