import type { EntriesOf } from './entry.ts';

/** What this host lacks, beside the checks of `lab doctor`. */
export const host = {
  'host.apt-sources': {
    means: 'No apt source of this host is enabled, or none serves the release that an image is built of.',
    remedy: 'Add a Debian source to /etc/apt/sources.list.d (sources.list(5)), then `apt-get update`.',
  },
  'host.browser': {
    means: '`lab report --open` finds no xdg-open to show the report with.',
    remedy: 'Open the report.html that the error names in a browser, here or after copying it: it needs no other file.',
  },
  'host.cache': {
    means: 'The launcher must take a Node into the cache, and the cache cannot be written.',
    remedy: 'Set XDG_CACHE_HOME to a directory that can, then run the command again.',
  },
  'host.checkout': {
    means:
      "The checkout's path has a backslash, ?, # or a control character. Node or Vite would take it for something else than " +
      'a part of a path. `lab shell` also cannot have a colon there: it separates the directories of PATH.',
    remedy: 'Move the checkout to another directory; blanks, quotes, commas and letters of any language do.',
  },
  'host.command': {
    means: '`fleetctl` cannot start a program on this machine, such as ssh or the shell of $SHELL.',
    remedy: 'Install what the error names, or correct $SHELL.',
  },
  'host.output': {
    means: 'What the command prints cannot be written: the file or device behind its output is full or broken.',
    remedy: 'Free space there, or send the output elsewhere.',
  },
  'host.docs': {
    means: 'The pages of `lab docs` cannot be written: no permission, no room, or a file system that is read-only.',
    remedy: '`lab docs --to DIRECTORY` with one that can be written, or XDG_CACHE_HOME=DIRECTORY.',
  },
  'host.dependencies': {
    means: '`npm ci` failed in the checkout, so the lab has no dependencies. Its last lines are the evidence.',
    remedy: '`npm ci` in the checkout; `npm ping` says whether npm reaches its registry.',
  },
  'host.disk': {
    means:
      'A directory of the lab is on no block device (tmpfs, overlay, btrfs), so the fault slow-disk cannot limit it.',
    remedy: 'Set state_dir under [lab] in lab.toml to a directory on a disk with ext4 or xfs.',
  },
  'host.disk-image': {
    means: 'The disk of a machine cannot be made or mounted.',
    remedy:
      '`losetup --find` says whether this host has loop devices; `lab destroy MACHINE && lab up MACHINE` makes the ' +
      'disk anew.',
  },
  'host.etcdctl-real': {
    means: "`etcdctl` on a machine hands v3 grammar to Debian's client, which cannot be run.",
    remedy: 'On the machine: `ls -l /usr/bin/etcdctl.real`. `lab destroy MACHINE && lab up MACHINE` restores it.',
  },
  'host.missing-program': {
    means: 'A program that `lab up`, an image build, the registry or `lab shell` uses is not installed.',
    remedy: '`apt-get install --no-install-recommends PROGRAM`, as the error says.',
  },
  'host.data-disk': {
    means:
      'The disk with the data directory of the embedded Couchbase does not take what is written, or not to its medium. The server ends: ' +
      'it could not keep what it would acknowledge.',
    remedy: '`dmesg` has the reason; start the server again when the disk works.',
  },
  'host.mkfifo': {
    means: 'The program `mkfifo` is missing, by which the embedded Couchbase makes the lock of its data directory.',
    remedy: '`apt-get install coreutils`',
  },
  'host.npm': {
    means:
      "npm is missing, and cannot be had: there is no apt-get, it failed, or Debian's npm would replace this " +
      "host's Node.",
    remedy:
      'Install npm together with Node (20.19+ or 22.12+) and put it first in PATH, or run the `apt-get` line that ' +
      'the error gives.',
  },
  'host.port': {
    means:
      'The web app, the RSVP stream or `lab dashboard` cannot listen on its port, most likely because something else does.',
    remedy: '`ss -ltnp` there shows who; end it, or choose another port: PORT of the web app, `--port` of the others.',
  },
  'host.snapshot-space': {
    means:
      "The host's disk has no room for what a snapshot copies: the disks of all machines, as far as they are written.",
    remedy:
      '`lab snapshot list` says what each takes, `lab snapshot delete NAME` frees it; `lab image prune` frees images.',
  },
  'host.space': {
    means: 'The cache directory has too little free space to build a container image.',
    remedy: '`lab image prune` frees it of what nobody needs; `df -h` shows who has the rest.',
  },
  'host.upstream': {
    means:
      'The registry that [images] remoteurl names cannot be reached from this host, or does not answer as a registry. The evidence has what the network said.',
    remedy:
      '`curl -i REMOTEURL/v2/`; where a proxy is needed, HTTPS_PROXY. `lab up` goes on; without a network: `source = "embedded"` in lab.toml.',
  },
} as const satisfies EntriesOf<'host'>;
