import type { Acceleration, GuestRun } from './kvm/run-tiny-guest.ts';

/** The host as the doctor's checks see it: reads only, changes nothing. The seam at which tests put a described host. */
export interface HostProbe {
  readonly uid: number;
  /** `20.20.2` */
  readonly nodeVersion: string;
  /** The binary that runs the lab, and a copy of which runs in its machines. */
  readonly nodePath: string;
  readonly cpus: number;
  /** Root directory of the checkout. */
  readonly checkout: string;
  /** CPU architecture in Node's words: x64, arm64, ... */
  readonly arch: string;
  /** Contents of a text file, such as one of /proc; undefined when it cannot be read. */
  read(path: string): string | undefined;
  /** Whether there is a file, directory or socket; a link that leads nowhere is none. */
  exists(path: string): boolean;
  /** Whether it can be written, or made where it is not there yet. */
  writable(path: string): boolean;
  /** What a symbolic link says; undefined when it is none. */
  target(path: string): string | undefined;
  /** Names in a directory; empty when it cannot be read. */
  list(path: string): readonly string[];
  /** The file system that `path`, or its nearest existing parent, lies on. */
  fileSystem(path: string): FileSystem | undefined;
  /** IPv4 networks of the host's interfaces. */
  interfaces(): readonly HostInterface[];
  /** Which of these Debian packages are missing. Rejects with LabError host.debian where there is no dpkg. */
  missingPackages(names: readonly string[]): Promise<readonly string[]>;
  /** What a program prints on standard output; undefined when it is not there or fails. */
  output(program: string, ...args: string[]): Promise<string | undefined>;
  /** Really runs a guest of a few instructions, with a deadline of seconds. @param cpu QEMU's model */
  tinyGuest(acceleration: Acceleration, cpu?: string): Promise<GuestRun>;
}

export interface FileSystem {
  readonly mountPoint: string;
  /** ext4, overlay, ... */
  readonly type: string;
  readonly freeBytes: number;
}

export interface HostInterface {
  readonly name: string;
  /** `192.0.2.2/24` */
  readonly cidr: string;
}
