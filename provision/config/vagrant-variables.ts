import type { RubyLiteral } from './ruby-literal.ts';

/** A coreos-vagrant variable that is understood but has nothing to act on in this lab. */
export interface Inapplicable {
  /** The value with which it asks for nothing, so that nothing needs to be said. */
  readonly isOff: (value: RubyLiteral) => boolean;
  /** Why it does nothing, and what does the job here. */
  readonly because: string;
}

const falsy = (value: RubyLiteral): boolean => value === false || value === null;
const empty = (value: RubyLiteral): boolean =>
  value === null || (typeof value === 'object' && value.pairs.length === 0);
const unset = (value: RubyLiteral): boolean => value === null;

const reachable = 'every machine is reachable at its own address while the lab is up, no port is forwarded';
const noShare = 'no host folder is shared with a machine';
const noScreen = 'a machine has no screen, use `lab ssh`';

/** The variables of coreos-vagrant's Vagrantfile and config.rb.sample (2013 to 2018) that this provider does not use. */
export const appliesElsewhere: ReadonlyMap<string, Inapplicable> = new Map([
  [
    '$update_channel',
    { isOff: unset, because: 'the OS image is built from Debian, lab.toml [images] suite chooses it' },
  ],
  [
    '$image_version',
    { isOff: unset, because: 'the OS image is built from Debian, lab.toml [images] suite chooses it' },
  ],
  ['$new_discovery_url', { isOff: unset, because: 'no discovery service is asked, the etcd members know each other' }],
  ['$enable_serial_logging', { isOff: falsy, because: 'a machine has no serial console, its journal is kept instead' }],
  ['$expose_docker_tcp', { isOff: falsy, because: reachable }],
  ['$expose_etcd_tcp', { isOff: falsy, because: reachable }],
  ['$forwarded_ports', { isOff: empty, because: reachable }],
  ['$share_home', { isOff: falsy, because: noShare }],
  ['$shared_folders', { isOff: empty, because: noShare }],
  ['$vm_gui', { isOff: falsy, because: noScreen }],
  ['$vb_gui', { isOff: falsy, because: noScreen }],
  ['$vb_cpuexecutioncap', { isOff: unset, because: 'it belongs to VirtualBox, $vm_cpus limits a machine here' }],
]);
