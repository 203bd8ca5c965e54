import { type IgnitionConfig, toJson } from 'ignition-ts';
import type { Artifact } from '#provision/cluster/ignition/artifacts.ts';
import { machineIgnition } from '#provision/cluster/ignition/machine-config.ts';
import { stretchTimers } from '#provision/config/stretch-timers.ts';
import { type ConfigFiles, load } from '../../config/config-directory.ts';
import { sshKey } from '../../ignition-ts/oracle.ts';

const service = (name: string) => `[Service]\nExecStart=/usr/bin/${name}\n[Install]\nWantedBy=multi-user.target\n`;

export const artifacts: readonly Artifact[] = [
  { path: '/opt/lab/bin/fleetd.cjs', name: 'fleetd-aaaa.cjs', sha512: 'a'.repeat(128), executable: false },
  { path: '/opt/lab/bin/runc-within-limits', name: 'runc-bbbb', sha512: 'b'.repeat(128), executable: true },
];

export const etcdctl = '#!/usr/bin/perl\n';

/** The Ignition config of one machine, from configuration texts as a person writes them. */
export function builtMachine(
  options: Pick<ConfigFiles, 'rb' | 'toml' | 'hostCpus' | 'provider'> & {
    name?: string;
    /** Of the lab's timers, as `stretchTimers` would have it. */
    stretch?: number;
    guest?: { lanMac: string };
  } = {},
) {
  const { rb = '', toml = '', name = 'core-02', hostCpus = 4 } = options;
  const provider = options.provider ?? 'nspawn';
  const config = stretchTimers(load({ rb, toml, hostCpus, provider }), options.stretch ?? 1);
  const machine = config.machines.find((candidate) => candidate.name === name);
  if (machine === undefined) throw new Error(`no machine ${name}`);
  const ignition = machineIgnition({
    config,
    machine,
    key: { privateKeyFile: '/keys/id_ed25519', privateKey: 'PRIVATE\n', publicKey: sshKey() },
    artifacts,
    units: {
      etcd: service('etcd'),
      etcdV2: '[Service]\nExecStart=/usr/bin/node\n',
      etcdV2Socket: '[Socket]\nListenStream=2379\nListenStream=4001\n[Install]\nWantedBy=sockets.target\n',
      flanneld: service('node'),
      docker: service('dockerd'),
      fleet: service('node'),
      etcdctl: '[Service]\nExecStart=/usr/bin/node\n',
      etcdctlSocket: '[Socket]\nListenStream=/run/etcdctl.sock\n[Install]\nWantedBy=sockets.target\n',
    },
    etcdctl,
    hostCpus,
    ...(options.guest === undefined ? {} : { guest: options.guest }),
  });
  return { config, ignition, json: toJson(ignition) };
}

export function fileOf(ignition: IgnitionConfig, path: string) {
  const found = ignition.storage?.files?.find((candidate) => candidate.path === path);
  if (found === undefined) throw new Error(`the config has no file ${path}`);
  return found;
}

/** The text of a file that the config carries inside itself. */
export async function textOf(ignition: IgnitionConfig, path: string): Promise<string> {
  const source = fileOf(ignition, path).contents?.source ?? '';
  if (!source.startsWith('data:')) throw new Error(`${path} does not carry its contents`);
  return (await fetch(source)).text();
}
