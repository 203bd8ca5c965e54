import { z } from 'zod';

export const path = z.string().startsWith('/');

/** What one may give a machine: a fraction of a CPU is a share of time. */
export const sizeFields = { memoryBytes: z.int().positive(), cpus: z.number().positive() };

/** SupervisorMachine but for its name. */
export const machineFields = {
  address: z.ipv4(),
  ...sizeFields,
  machineId: z.string().regex(/^[0-9a-f]{32}$/, 'must be 32 hex digits'),
  osRoot: path,
};
