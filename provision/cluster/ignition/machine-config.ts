import { defineConfig, directory, file, type IgnitionConfig, unit, user } from 'ignition-ts';
import { memberUrl, ownMachine } from '#platform/etcd/ports.ts';
import type { LabConfig, MachineConfig } from '../../config/lab-config.ts';
import { dockerCores } from '../../machines/docker-cores.ts';
import type { GuestIdentity } from '../../machines/machine-provider.ts';
import type { Artifact } from './artifacts.ts';
import { coreosDirectories, coreosFiles } from './coreos-files.ts';
import { dockerTcpUnits } from './docker-tcp-units.ts';
import {
  clientSettings,
  credentialFiles,
  credentialSettings,
  open,
  type MachineCredentials,
} from './fleet-credentials.ts';
import { guestFiles } from './guest-files.ts';
import type { LabKey } from './keys.ts';
import { etcdEnvironment } from '../members/etcd-environment.ts';
import type { EtcdStart } from '../members/member.ts';
import { slowMachineFiles } from './slow-machine-files.ts';

/** Unit texts by name, read from platform/systemd/units. */
export type MachineUnits = Readonly<
  Record<'etcd' | 'etcdV2' | 'etcdV2Socket' | 'flanneld' | 'docker' | 'fleet' | 'etcdctl' | 'etcdctlSocket', string>
>;

/**
 * The whole of what makes a bare image into one machine of the cluster, as an Ignition config:
 * name, user, network, etcd member, Docker on flannel's subnet, flannel, fleet, the chapter's tools.
 */
export function machineIgnition(args: {
  config: LabConfig;
  machine: MachineConfig;
  key: LabKey;
  artifacts: readonly Artifact[];
  units: MachineUnits;
  /** CPUs that the machine's processes may run on: the host's for a container, its own for a guest. */
  hostCpus: number;
  /** Text of the etcdctl that hands its commands to a process that stays (units.etcdctl). */
  etcdctl: string;
  /** What its fleetd asks of clients; default: nothing. */
  credentials?: MachineCredentials;
  /** Absent for a container. */
  guest?: GuestIdentity;
  /** How its etcd finds the cluster; default: all machines begin one together. */
  etcd?: EtcdStart;
}): IgnitionConfig {
  const { config, machine, key, units, guest, credentials = open } = args;
  const slow = guest !== undefined || config.stretch > 1;
  return defineConfig({
    ignition: { version: '3.3.0', timeouts: { httpTotal: 60 * config.stretch } },
    passwd: {
      users: [
        user({
          name: 'core',
          sshAuthorizedKeys: [key.publicKey],
          groups: ['sudo', 'docker', 'systemd-journal'],
          shell: '/bin/bash',
        }),
      ],
    },
    storage: {
      directories: [
        directory({ path: '/home/core/.ssh', mode: 0o700, user: 'core', group: 'core' }),
        ...coreosDirectories,
      ],
      files: [
        ...identityFiles(config, machine, key),
        ...coreosFiles(machine.address),
        ...(guest === undefined ? [] : guestFiles(guest.lanMac, config.vagrant.hypervisor)),
        ...(slow ? slowMachineFiles(config) : []),
        ...serviceFiles(config, machine, args.etcd, credentials),
        ...credentialFiles(credentials),
        ...args.artifacts.map((artifact) =>
          file({
            path: artifact.path,
            mode: artifact.executable ? 0o755 : 0o644,
            source: `http://${config.network.bridgeAddress}:${config.ports.artifacts}/${artifact.name}`,
            sha512: artifact.sha512,
          }),
        ),
        ...tools(args.etcdctl, clientSettings(credentials, machine, config.ports.fleetApi)),
      ],
    },
    systemd: {
      units: [
        unit({ name: 'etcd.service', enabled: true, contents: units.etcd }),
        // Started by the first who asks: a machine where nobody does pays nothing for it.
        unit({ name: 'etcd-v2.socket', enabled: true, contents: units.etcdV2Socket }),
        unit({ name: 'etcd-v2.service', contents: units.etcdV2 }),
        unit({ name: 'etcdctl.socket', enabled: true, contents: units.etcdctlSocket }),
        unit({ name: 'etcdctl.service', contents: units.etcdctl }),
        unit({ name: 'flanneld.service', enabled: true, contents: units.flanneld }),
        unit({
          name: 'docker.service',
          enabled: true,
          contents: units.docker,
          dropins: { '10-size.conf': dockerCores(machine, args.hostCpus) },
        }),
        unit({ name: 'fleet.service', enabled: true, contents: units.fleet }),
        unit({ name: 'containerd.service', enabled: true }),
        ...(config.vagrant.ports.dockerTcp === undefined ? [] : dockerTcpUnits()),
      ],
    },
  });
}

/** The chapter's programs on the machine's PATH. @param settings lines of a shell script before fleetctl itself */
function tools(etcdctl: string, settings: readonly string[]) {
  const program = (name: string) => `exec /usr/bin/node /opt/lab/bin/${name}.cjs "$@"`;
  const script = (...lines: readonly string[]) => ['#!/bin/sh', ...lines, ''].join('\n');
  return [
    file({ path: '/usr/bin/fleetctl', mode: 0o755, contents: script(...settings, program('fleetctl')) }),
    file({ path: '/usr/bin/announce', mode: 0o755, contents: script(program('announce')) }),
    file({ path: '/usr/bin/etcdctl', mode: 0o755, contents: etcdctl }),
  ];
}

function identityFiles(config: LabConfig, machine: MachineConfig, key: LabKey) {
  const hosts = config.machines.map(({ name, address }) => `${address} ${name}`);
  return [
    file({ path: '/etc/hostname', mode: 0o644, contents: `${machine.name}\n` }),
    file({
      path: '/etc/hosts',
      mode: 0o644,
      overwrite: true,
      contents: ['127.0.0.1 localhost', ...hosts, ''].join('\n'),
    }),
    file({
      path: '/etc/resolv.conf',
      mode: 0o644,
      overwrite: true,
      contents: `nameserver ${config.network.bridgeAddress}\n`,
    }),
    // fleetctl's status and journal reach the other machines by SSH; in the book that needed a forwarded agent.
    file({ path: '/home/core/.ssh/id_ed25519', mode: 0o600, user: 'core', group: 'core', contents: key.privateKey }),
    // The host's commands share a connection, and sshd would refuse the eleventh at once.
    file({ path: '/etc/ssh/sshd_config.d/sessions.conf', mode: 0o644, contents: 'MaxSessions 100\n' }),
    file({ path: '/etc/systemd/network/10-host0.network', mode: 0o644, contents: networkFile(config, machine) }),
  ];
}

function networkFile(config: LabConfig, machine: MachineConfig): string {
  const unreachable = (destination: string) =>
    `[Route]\nDestination=${destination}\nType=unreachable\nMetric=4294967295\n`;
  return [
    '[Match]\nName=host0\n',
    `[Network]\nAddress=${machine.address}/${config.network.prefixLength}\nLinkLocalAddressing=no\nIPv6AcceptRA=no\nLLMNR=no\n`,
    unreachable(config.network.flannelCidr),
    unreachable('0.0.0.0/0'),
  ].join('\n');
}

/** Seconds between fleetd's looks at systemd when nothing told it of a change; each costs a process. */
export const resyncS = 3;

/** Seconds that a leaving fleetd waits for its units; a third of what systemd gives fleetd itself. */
export const shutdownWaitS = 6;

function serviceFiles(
  config: LabConfig,
  machine: MachineConfig,
  etcd: EtcdStart | undefined,
  credentials: MachineCredentials,
) {
  const { network, ports, timers, stretch } = config;
  const peers = config.machines.map(({ address }) => address).filter((address) => address !== machine.address);
  const registry = `${network.bridgeAddress}:${ports.registry}`;
  const daemon = {
    'registry-mirrors': [`http://${registry}`],
    'insecure-registries': [registry],
    'storage-driver': 'overlay2',
    // flanneld masquerades what leaves the container network; Docker would also hide containers from each other.
    'ip-masq': false,
    'userland-proxy': false,
    'default-runtime': 'runc-within-limits',
    runtimes: { 'runc-within-limits': { path: '/opt/lab/bin/runc-within-limits' } },
    'log-driver': 'json-file',
    'log-opts': { 'max-size': '10m', 'max-file': '2' },
  };
  const flannel = { Network: network.flannelCidr, SubnetLen: 24, Backend: { Type: network.flannelBackend } };
  const flanneldOpts = `--etcd-endpoints=${ownMachine} --iface=host0 --public-ip=${machine.address} --ip-masq`;
  return [
    file({ path: '/etc/docker/daemon.json', mode: 0o644, contents: `${JSON.stringify(daemon, null, 2)}\n` }),
    file({ path: '/etc/etcd/etcd.env', mode: 0o644, contents: etcdEnvironment(config, machine, etcd) }),
    file({
      path: '/etc/flannel/flanneld.env',
      mode: 0o644,
      contents: `FLANNELD_OPTS=${flanneldOpts}\nFLANNELD_DEFAULT_CONFIG='${JSON.stringify(flannel)}'\n`,
    }),
    file({
      path: '/etc/fleet/fleet.env',
      mode: 0o644,
      contents: [
        // The machine's own member first; another one while that hangs.
        `FLEET_ETCD_SERVERS=${[ownMachine, ...peers.map((address) => memberUrl(address))].join(',')}`,
        `FLEET_PUBLIC_IP=${machine.address}`,
        `FLEET_METADATA=hostname=${machine.name}`,
        `FLEET_AGENT_TTL=${timers.fleetAgentTtlMs / 1000}s`,
        `FLEET_RESYNC=${resyncS * stretch}s`,
        `FLEET_SHUTDOWN_WAIT=${shutdownWaitS * stretch}s`,
        `FLEET_FENCE=${config.fleet.fence}`,
        ...credentialSettings(credentials),
        '',
      ].join('\n'),
    }),
  ];
}
