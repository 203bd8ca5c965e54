import type { PortWishes } from './forwarded-ports.ts';

/**
 * Everything the lab is told from outside, checked and frozen: the product of config.rb, lab.toml and the environment.
 * Times are milliseconds (`...Ms`), sizes are bytes (`...Bytes`), addresses are dotted IPv4 text.
 */
export interface LabConfig {
  /** Name of this lab on its host; several may run side by side. a-z0-9-, at most 11 characters (interface names). */
  readonly name: string;
  readonly provider: ProviderName;
  /** This lab's own directory: `<state_dir>/<name>`. Holds machine disks; gone after `lab destroy`. */
  readonly stateDir: string;
  /** Shared by all labs of a user: OS images and container layers, keyed by content. */
  readonly cacheDir: string;
  readonly machines: readonly MachineConfig[];
  readonly network: NetworkConfig;
  readonly timers: TimerConfig;
  /** How many times slower than containers the machines are taken to be; the timers are stretched by it already. */
  readonly stretch: number;
  /** How many times slower this host is than one that runs on its CPU itself; 1 or more. */
  readonly hostStretch: number;
  readonly ports: PortConfig;
  readonly images: ImageConfig;
  /** The reader's own Ignition file, merged into every machine's config. */
  readonly ignitionFile?: string;
  /** Of that file: the first 12 hex digits of its SHA-256; absent where it cannot be read. */
  readonly ignitionDigest?: string;
  readonly fleet: FleetConfig;
  readonly apps: { readonly couchbase: boolean };
  readonly rsvp: RsvpConfig;
  readonly vagrant: VagrantConfig;
  /** What was understood but does not apply here, or is deprecated; one sentence each, naming its file and line. */
  readonly notices: readonly string[];
}

/** What runs the machines: systemd-nspawn, or virtual machines by Vagrant. */
export type ProviderName = 'nspawn' | 'vagrant';

/** What runs the virtual machines that Vagrant makes; Vagrant's own names of its providers. */
export type HypervisorName = 'libvirt' | 'virtualbox';

export interface MachineConfig {
  /** `core-01` */
  readonly name: string;
  /** 1-based */
  readonly index: number;
  readonly address: string;
  readonly memoryBytes: number;
  readonly cpus: number;
  /**
   * Only of a machine that is there: settings, as texts by their key, that it has still as they were when it was made or booted, and that are
   * written otherwise by now.
   */
  readonly keeps?: Readonly<Record<string, string>>;
}

export interface NetworkConfig {
  /** The machines' network, `172.17.8.0/24`. */
  readonly cidr: string;
  readonly prefixLength: number;
  /** The lab's own end of the bridge: registry, artifacts, DNS, RSVP stream. */
  readonly bridgeAddress: string;
  /** The host's address in the machines' network. */
  readonly hostAddress: string;
  readonly flannelCidr: string;
  readonly flannelBackend: FlannelBackend;
}

export type FlannelBackend = 'host-gw' | 'vxlan';

export interface TimerConfig {
  /** How long a silent machine still counts as present. */
  readonly fleetAgentTtlMs: number;
  readonly etcdHeartbeatMs: number;
  readonly etcdElectionMs: number;
  /** One machine: from start to its PID 1 answering and its services up. */
  readonly bootDeadlineMs: number;
  /** The cluster: etcd healthy, flannel leased, fleet lists every machine. */
  readonly readyDeadlineMs: number;
  /** One machine: orderly shutdown; then the cord is pulled. */
  readonly haltDeadlineMs: number;
  /** From `fleetctl start` to every unit of the stack running. */
  readonly deployDeadlineMs: number;
  /** OS image and container images, when they must be built. */
  readonly imageBuildDeadlineMs: number;
}

/** TCP ports on the bridge address (registry, artifacts) and on every machine (fleetApi). */
export interface PortConfig {
  readonly registry: number;
  readonly artifacts: number;
  readonly fleetApi: number;
}

/** What a client of fleet's API must have: a bearer token, a certificate (mutual TLS), both, or nothing. */
export const fleetAuths = ['off', 'token', 'tls', 'token+tls'] as const;
export type FleetAuth = (typeof fleetAuths)[number];

export interface FleetConfig {
  /** A machine that etcd has not answered for the agent TTL stops its units that are not global, before others start them. */
  readonly fence: boolean;
  readonly auth: FleetAuth;
}

export interface ImageConfig {
  /** Debian suite of the OS image. */
  readonly suite: string;
  /** The registry that images of others come from, `https://HOST:PORT`; a name that the lab's registry lacks is pulled through it, too. */
  readonly remoteUrl?: string;
  /**
   * Those of the lab's images that come from there and are not built here: `couchbase`, and its name there,
   * `library/couchbase:community-4.0.0`. `node`, which is made only when somebody builds on it, has no tag.
   */
  readonly upstream: Readonly<Record<string, string>>;
}

export interface RsvpConfig {
  /** Events a second. */
  readonly rate: number;
  readonly seed: number;
}

/** For provider `vagrant` only. */
export interface VagrantConfig {
  readonly hypervisor: HypervisorName;
  /** How QEMU runs a guest: by the CPU (kvm), emulated (qemu), or kvm where it works (auto). */
  readonly driver: 'auto' | 'kvm' | 'qemu';
  /** CPU model the guests see; absent: the host's own with kvm, else one that emulates fast. */
  readonly cpuModel?: string;
  /** Every timer is this many times as long; 0: 1 with kvm, 10 with emulated guests. */
  readonly stretch: number;
  /** Memory QEMU may take for translated code of each emulated guest, in MB of 1024 * 1024 bytes. */
  readonly tbSizeMb: number;
  /** Network of each guest's first interface, inside the lab's own namespace: `192.168.121.0/24`. */
  readonly managementCidr: string;
  /** With `dockerTcp`, Docker answers on TCP port 2375 of every guest. */
  readonly ports: PortWishes;
  /** Percent of each CPU that a guest of VirtualBox may use, 1-100 ($vb_cpuexecutioncap). */
  readonly executionCap: number;
  /** What config.rb asks of Vagrant beyond the machines' number, name and size, in Ruby: `$forwarded_ports` -> `{8091 => 8091}`. */
  readonly asked: Readonly<Record<string, string>>;
}
