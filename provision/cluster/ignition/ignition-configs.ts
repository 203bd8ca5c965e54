import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type IgnitionConfig, merge, parseIgnition, toJson } from 'ignition-ts';
import { LabError } from '#errors/lab-error.ts';
import { machineNamed } from '../../config/machine-named.ts';
import { stageArtifacts } from './artifacts.ts';
import { ensureFleetCredentials } from './fleet-credentials.ts';
import { ensureLabKey } from './keys.ts';
import type { LabParts } from '../parts/lab-parts.ts';
import { machineIgnition, type MachineUnits } from './machine-config.ts';
import type { EtcdStart } from '../members/member.ts';
import { usersBesideGroups } from './users-beside-groups.ts';

/** @throws LabError `ignition.*` naming file, line and column, `missing.ignition` */
export async function ownIgnition(file: string | undefined): Promise<IgnitionConfig | undefined> {
  if (file === undefined) return undefined;
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new LabError({
      code: 'missing.ignition',
      cause: `the Ignition file of lab.toml cannot be read: ${file}`,
      next: 'correct [machines] ignition in lab.toml',
      error,
    });
  });
  return parseIgnition(text, file);
}

/** A machine's Ignition config as text; its etcd begins a cluster with all the others unless it is told how to join one. */
export type IgnitionOf = (machine: string, etcd?: EtcdStart) => string;

/**
 * Stages what machines fetch, and makes the lab's key where there is none.
 * @param own the reader's Ignition file, merged into each
 */
export async function ignitionConfigs(lab: LabParts, own: IgnitionConfig | undefined): Promise<IgnitionOf> {
  const artifacts = await stageArtifacts(lab.repoDir, lab.paths.artifactsDir);
  const key = await ensureLabKey(lab.paths.keysDir, lab.config.name);
  const credentialsOf = await ensureFleetCredentials(lab.config);
  const text = (name: string, type = 'service') =>
    readFile(join(lab.repoDir, 'platform/systemd/units', `${name}.${type}`), 'utf8');
  const units: MachineUnits = {
    etcd: await text('etcd'),
    etcdV2: await text('etcd-v2'),
    etcdV2Socket: await text('etcd-v2', 'socket'),
    flanneld: await text('flanneld'),
    docker: await text('docker'),
    fleet: await text('fleet'),
    etcdctl: await text('etcdctl'),
    etcdctlSocket: await text('etcdctl', 'socket'),
  };
  const etcdctl = await readFile(join(lab.repoDir, 'platform/etcdctl/resident-client.pl'), 'utf8');
  return (name, etcd) => {
    const machine = machineNamed(lab.config, name);
    const guest = lab.provider.guestOf(name);
    const ignition = machineIgnition({
      config: lab.config,
      machine,
      key,
      artifacts,
      units,
      etcdctl,
      credentials: credentialsOf(name),
      hostCpus: guest === undefined ? availableParallelism() : machine.cpus,
      ...(guest === undefined ? {} : { guest }),
      ...(etcd === undefined ? {} : { etcd }),
    });
    return toJson(own === undefined ? ignition : usersBesideGroups(merge(ignition, own)));
  };
}
