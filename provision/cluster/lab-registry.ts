import { existsSync } from 'node:fs';
import { LabError } from '#errors/lab-error.ts';
import { RegistryClient } from '../image/registry/registry-client.ts';
import { readSupervisorSpec } from '../machines/ground/read-supervisor-spec.ts';
import type { LabParts } from './parts/lab-parts.ts';

const answerDeadlineMs = 5_000;

/** The lab's registry of container images while the lab is up. */
export interface LabRegistry {
  readonly client: RegistryClient;
  /** Storage of the lab's own images. */
  readonly labStorage: string;
  /** Where the lab pulls through what it lacks. */
  readonly pullThrough: { readonly remoteUrl: string; readonly storage: string } | undefined;
}

/** @throws LabError `state.lab-down` */
export async function labRegistry({ config, paths }: Pick<LabParts, 'config' | 'paths'>): Promise<LabRegistry> {
  const addr = `${config.network.bridgeAddress}:${config.ports.registry}`;
  const down = new LabError({
    code: 'state.lab-down',
    cause: `lab ${config.name} is not up, and images are in its registry`,
    next: 'lab up',
  });
  // Another lab may have the address.
  if (!existsSync(paths.supervisorFile) || !existsSync(paths.specFile)) throw down;
  const { registryStorage, upstream } = await readSupervisorSpec(paths.specFile);
  const asked = new RegistryClient(addr, answerDeadlineMs * config.stretch);
  if (registryStorage === undefined || !(await asked.answers())) throw down;
  return { client: new RegistryClient(addr), labStorage: registryStorage, pullThrough: upstream };
}
