/**
 * Ignition configuration, spec 3.3.0, as JSON has it (coreos/ignition docs/configuration-v3_3.md).
 * Modes are plain numbers: write them octal, 0o644. `storage.disks`, `raid`, `filesystems`, `luks` and
 * `kernelArguments` are left out on purpose: a lab machine has no disk of its own, they would act on the host's.
 */
export interface IgnitionConfig {
  readonly ignition: IgnitionSection;
  readonly storage?: Storage;
  readonly systemd?: { readonly units?: readonly Unit[] };
  readonly passwd?: { readonly users?: readonly User[]; readonly groups?: readonly Group[] };
}

/** A part of a config, to be composed with `merge`: the version is added for you. */
export type IgnitionFragment = Omit<IgnitionConfig, 'ignition'> & {
  readonly ignition?: Omit<IgnitionSection, 'version'> & { readonly version?: '3.3.0' };
};

export interface IgnitionSection {
  readonly version: '3.3.0';
  readonly config?: { readonly merge?: readonly Resource[]; readonly replace?: Resource };
  readonly timeouts?: { readonly httpResponseHeaders?: Seconds; readonly httpTotal?: Seconds };
  readonly security?: { readonly tls?: { readonly certificateAuthorities?: readonly Resource[] } };
  readonly proxy?: { readonly httpProxy?: string; readonly httpsProxy?: string; readonly noProxy?: readonly string[] };
}

export type Seconds = number;

export interface Resource {
  /** http, https, tftp, s3, gs or data URL. */
  readonly source?: string;
  readonly compression?: '' | 'gzip' | null;
  readonly httpHeaders?: readonly { readonly name: string; readonly value?: string }[];
  /** `sha512-<128 hex digits>` or `sha256-<64>`, of the data after decompression. */
  readonly verification?: { readonly hash?: string };
}

export interface Storage {
  readonly directories?: readonly Directory[];
  readonly files?: readonly File[];
  readonly links?: readonly Link[];
}

export interface Node {
  /** Absolute and clean. */
  readonly path: string;
  readonly overwrite?: boolean;
  readonly user?: Owner;
  readonly group?: Owner;
}

/** Either a number or a name known on the machine, never both. */
export interface Owner {
  readonly id?: number;
  readonly name?: string;
}

export interface Directory extends Node {
  readonly mode?: number;
}

export interface File extends Node {
  readonly mode?: number;
  readonly contents?: Resource;
  readonly append?: readonly Resource[];
}

export interface Link extends Node {
  readonly target: string;
  readonly hard?: boolean;
}

export interface Unit {
  readonly name: string;
  readonly enabled?: boolean;
  readonly mask?: boolean;
  readonly contents?: string;
  readonly dropins?: readonly Dropin[];
}

export interface Dropin {
  readonly name: string;
  readonly contents?: string;
}

export interface User {
  readonly name: string;
  readonly passwordHash?: string;
  readonly sshAuthorizedKeys?: readonly string[];
  readonly uid?: number;
  readonly gecos?: string;
  readonly homeDir?: string;
  readonly noCreateHome?: boolean;
  readonly primaryGroup?: string;
  readonly groups?: readonly string[];
  readonly noUserGroup?: boolean;
  readonly noLogInit?: boolean;
  readonly shell?: string;
  readonly shouldExist?: boolean;
  readonly system?: boolean;
}

export interface Group {
  readonly name: string;
  readonly gid?: number;
  readonly passwordHash?: string;
  readonly shouldExist?: boolean;
  readonly system?: boolean;
}
