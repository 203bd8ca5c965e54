import type { LabConfig } from '#provision/config/lab-config.ts';

/** For ssh's connection and the server's first words, on machines that are not slow, seconds. */
const connectS = 10;

/** ssh_config(5), ConnectTimeout: whole seconds. Pure. */
export function connectTimeoutS({ stretch }: Pick<LabConfig, 'stretch'>): number {
  return Math.ceil(connectS * stretch);
}
