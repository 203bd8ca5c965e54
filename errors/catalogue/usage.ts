import type { EntriesOf } from './entry.ts';

/** A bad command line, of the lab or of a program of its machines. */
export const usage = {
  'usage.argument': {
    means: '`fleetd` was given a word that is no flag. It takes flags and FLEET_* variables only.',
    remedy: '`fleetd --help` lists the flags; correct ExecStart= of fleet.service.',
  },
  'usage.bench': {
    means: '`npm run bench` was given a benchmark, an argument of one or a number of rounds that there is not.',
    remedy: '`npm run bench -- --help`',
  },
  'usage.box-provider': {
    means: '`lab image box --box-provider` names no kind of box. There are libvirt, virtualbox and all.',
    remedy: '`lab image box --box-provider libvirt`',
  },
  'usage.command': {
    means: '`fleetctl` has no such command, or the word is the beginning of several commands.',
    remedy: '`lab fleetctl help` lists them; write the command out.',
  },
  'usage.compare': {
    means: '`lab compare` was given runs of two different scenarios, whose steps have nothing in common.',
    remedy: '`lab runs SCENARIO` lists the runs of one scenario; take two of those.',
  },
  'usage.destroy': {
    means: '`lab destroy --all` is about every lab of this host, and machines were named beside it.',
    remedy: '`lab destroy core-02` or `lab destroy --all`',
  },
  'usage.directory': {
    means: 'The directory that `lab shell --dir` names is not there.',
    remedy: 'Make it, or name another: `mkdir -p DIR`',
  },
  'usage.credentials': {
    means: 'What `fleetctl` is to show the API cannot be read, or is not complete.',
    remedy: 'Correct `--token-file`, `--ca-file`, or `--cert-file` and `--key-file`, which belong together.',
  },
  'usage.endpoint': {
    means: 'A fleet endpoint cannot be read as an address, or none was given to `fleetctl`.',
    remedy:
      'Write http://ADDRESS:49153 or unix:///run/fleet.sock, in `--endpoint` or FLEETCTL_ENDPOINT. `lab fleetctl` ' +
      'sets it by itself.',
  },
  'usage.etcd-endpoints': {
    means: 'A client of etcd was started with an empty list of endpoints.',
    remedy:
      'Give at least one, such as http://127.0.0.1:2379: `etcdctl --endpoints` or the variable ETCDCTL_ENDPOINTS ' +
      'on a machine, `fleetd --etcd-servers` for fleet.',
  },
  'usage.etcdctl': {
    means:
      '`etcdctl` cannot read its command line (v2 grammar): a command, flag or argument is unknown or missing. It ' +
      'ends with exit code 1, as etcdctl 2.x does.',
    remedy: '`etcdctl help`, on a machine: `lab ssh core-01 -- etcdctl help`',
  },
  'usage.etcdctl-directory': {
    means:
      '`etcdctl get` was asked for a directory, which has no value. It ends with exit code 1, as etcdctl 2.x does.',
    remedy: '`etcdctl ls KEY` lists what is in it.',
  },
  'usage.fields': {
    means: '`fleetctl --fields` names a column that the list does not have, or none.',
    remedy: 'The error lists the columns; for example `lab fleetctl list-units --fields=unit,machine,active`.',
  },
  'usage.file': {
    means: '`lab compare --html` cannot write its file: the directory is not there or not writable.',
    remedy: 'Name a file in a directory that can be written: `lab compare RUN RUN --html /tmp/compare.html`',
  },
  'usage.flag': {
    means:
      'A flag is unknown, lacks its value or has one that cannot be: of `fleetctl`, `fleetd`, or the embedded ' +
      'Couchbase server.',
    remedy: "The program's `--help` lists its flags, `lab fleetctl help COMMAND` those of a fleetctl command.",
  },
  'usage.etcd-v2': {
    means: '`etcd-v2` cannot use its command line: an unknown flag, or a value that is no port, place or number.',
    remedy: '`node /opt/lab/bin/etcd-v2.cjs --help`, on a machine.',
  },
  'usage.announce': {
    means: '`announce` cannot use its command line: an unknown flag, no container, or a key or time that cannot be.',
    remedy: '`announce --help`, on a machine; units/memcached-sidekick@.service calls it.',
  },
  'usage.flanneld': {
    means:
      '`flanneld` cannot use its command line: an unknown flag, or an interface without an IPv4 address and no ' +
      '`--public-ip`.',
    remedy: '`flanneld --help`, on the machine; `ip -4 address` shows its interfaces.',
  },
  'usage.guide-name': {
    means:
      '`lab guide new NAME` cannot name a guide so: a-z, 0-9 and -, beginning with a letter, at most 41 characters.',
    remedy: '`lab guide new my-guide`',
  },
  'usage.hypervisor': {
    means: '`vagrant --provider` names what runs no virtual machine of the lab. There are libvirt and virtualbox.',
    remedy: '`vagrant up --provider libvirt`',
  },
  'usage.image-name': {
    means:
      'What was given as the name of an image is none, has a digest, or names a registry that the lab does not reach.',
    remedy: 'Small letters, digits and . _ - between them: `lab image build DIR -t mattbailey/ch6-worker`',
  },
  'usage.judge': {
    means:
      '`npm run judge` was given a seed, a number of faults or seconds, or a combination of flags that it cannot take.',
    remedy: '`npm run judge -- --seed 1 --faults 6`',
  },
  'usage.meetup': {
    means: "The stand-in for Meetup's stream cannot read its flags or MEETUP_* variables.",
    remedy: 'The error lists them all; correct the one that it names.',
  },
  'usage.name': {
    means:
      '`--name`, or LAB_NAME, is no name for a lab: 1 to 11 characters of a-z, 0-9 and -, beginning with a letter.',
    remedy: '`lab list` says which labs there are; `lab up --name second` makes one.',
  },
  'usage.no-units': {
    means: 'A `fleetctl` command that acts on units was given none.',
    remedy: 'Name one or more: `lab fleetctl start units/couchbase@1.service`',
  },
  'usage.one-unit': {
    means: '`fleetctl cat`, `fleetctl journal` and `fleetctl why` take exactly one unit.',
    remedy: '`lab fleetctl journal -f web@1`',
  },
  'usage.parameter': {
    means: 'A scenario has no such option, or its value cannot be.',
    remedy: '`lab scenario NAME --help` lists the options, what they take and their defaults.',
  },
  'usage.place': {
    means: '`lab cp` was given no place on a machine, or only one place.',
    remedy: '`lab cp notes.txt core-01:`, or `lab cp core-01:/etc/environment .`',
  },
  'usage.provider': {
    means: '`--provider` names nothing that the lab can make machines with. There are nspawn and vagrant.',
    remedy: '`lab up` (containers) or `lab up --provider vagrant` (virtual machines)',
  },
  'usage.range': {
    means: 'A range of units such as `web@{1..20000}` stands for more than 10000 units.',
    remedy: 'Use a smaller range.',
  },
  'usage.rebalance': {
    means: '`fleetctl rebalance` moves nothing unless it is told to.',
    remedy: '`lab fleetctl rebalance --dry-run` says what it would move, `--apply` does it.',
  },
  'usage.scenario-name': {
    means:
      '`lab scenario new NAME` cannot name a scenario so: a-z, 0-9 and -, beginning with a letter, at most 41 ' +
      'characters.',
    remedy: '`lab scenario new my-scenario`',
  },
  'usage.simulate': {
    means: '`npm run simulate` was given a seed, a range of seeds or a number of hours that it cannot take.',
    remedy: '`npm run simulate -- --seeds 1..20 --hours 1`',
  },
  'usage.snapshot-name': {
    means:
      "A snapshot's name is a directory's: 1 to 40 characters of a-z, A-Z, 0-9 and `.` `_` `-`, beginning with a letter or digit.",
    remedy: '`lab snapshot save before-failover`',
  },
  'usage.terminal': {
    means:
      '`vagrant destroy` and `lab destroy --all` ask before they throw machines away, and there is no terminal to ask on.',
    remedy: '`vagrant destroy -f`, `lab destroy --all --force`',
  },
  'usage.tier': {
    means: '`lab test --tier` names no set of tests. There are quick, all, own-code, vagrant and host.',
    remedy: '`lab test --tier quick`',
  },
  'usage.vagrant': {
    means: 'A verb of Vagrant that a lab of containers does without, in `lab shell` or behind `lab vagrant`.',
    remedy: 'The error says what does its job here; `vagrant --help` in `lab shell` lists the verbs that are there.',
  },
  'usage.value': {
    means:
      'A flag or COUCHBASE_* variable of the embedded Couchbase server, or a word of a `lab` command, has a value that cannot be.',
    remedy: 'Correct what the error names; a port is 0 to 65535, a generation 4.0 or 7.6.',
  },
} as const satisfies EntriesOf<'usage'>;
