import type { HypervisorName } from '../../config/lab-config.ts';

/** Everything the supervisor process needs to know, written by `lab up` as one JSON file. */
export interface SupervisorSpec {
  readonly lab: string;
  readonly stateDir: string;
  readonly network: {
    readonly bridgeAddress: string;
    readonly prefixLength: number;
    readonly flannelCidr: string;
    /** Names the lab's DNS answers, beside the machines': name -> address. */
    readonly names: Readonly<Record<string, string>>;
  };
  readonly ports: { readonly registry: number; readonly artifacts: number };
  /** Storage directory of the container image registry; absent on a bare lab. */
  readonly registryStorage?: string;
  /** Another registry, from which images come; absent: none. */
  readonly upstream?: {
    /** `https://HOST:PORT` */
    readonly remoteUrl: string;
    /** Of the lab's images those that come from there (ImageConfig). */
    readonly images: Readonly<Record<string, string>>;
    /** Keeps what machines pull from there, shared by all labs. */
    readonly storage: string;
    /** Names that are never asked for there: a repository, or all below one that ends in `/`. */
    readonly own: readonly string[];
  };
  /** argv of the RSVP stream server; absent on a bare lab. */
  readonly rsvp?: readonly string[];
  /** The machines are guests: of the lab's own libvirtd, which the supervisor runs, or of VirtualBox; else its containers. */
  readonly guestsOf?: HypervisorName;
  /** Every wait is this many times as long (LabConfig.stretch). */
  readonly stretch: number;
  readonly machines: readonly SupervisorMachine[];
}

export interface SupervisorMachine {
  readonly name: string;
  readonly address: string;
  readonly memoryBytes: number;
  readonly cpus: number;
  /** 32 hex digits, machine-id(5). */
  readonly machineId: string;
  /** Root directory of the OS image this machine was made from. */
  readonly osRoot: string;
}
