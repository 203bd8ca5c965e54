import type { EntriesOf } from './entry.ts';

/** What did not become true before its deadline. */
export const timeout = {
  'timeout.build-lock': {
    means: 'Another image build holds the cache, and did not end in time.',
    remedy: 'Look at the process that the error names; when it is stuck, end it and run the command again.',
  },
  'timeout.clock': {
    means: "A machine's clock could not be measured in time: packets or journal lines did not arrive.",
    remedy: '`lab status`; on a slow host set stretch under [timers] in lab.toml.',
  },
  'timeout.condition': {
    means:
      'Something that was waited for did not become true in time. The error names it, the evidence what was ' +
      'missing. In a scenario it refutes the claim.',
    remedy: 'Run what the error gives as next. On a slow host set stretch under [timers] in lab.toml.',
  },
  'timeout.control': {
    means: "The lab's supervisor did not answer a request in time.",
    remedy: '`lab status`; on a slow host set stretch under [timers] in lab.toml.',
  },
  'timeout.couchbase': {
    means: 'Couchbase gave no answer in time, to the worker or to the client of a scenario.',
    remedy: '`lab fleetctl status couchbase@1` and `lab fleetctl journal couchbase@1`',
  },
  'timeout.etcd': {
    means: 'etcd gave no answer in time: no quorum, or the member is down. Whether a write was done is not known.',
    remedy: '`lab status`; on a machine: `etcdctl endpoint health --cluster`',
  },
  'timeout.etcd-connect': {
    means: "Nobody answers at etcd's address. The request was not sent.",
    remedy: 'On the machine: `systemctl status etcd`; `lab status` shows all of them.',
  },
  'timeout.registry': {
    means: "The lab's registry of container images did not begin to answer in time.",
    remedy: 'Read the log that the error names; `ss -ltnp` shows who has its address.',
  },
  'timeout.scenario-file': {
    means: 'The top level of a scenario file awaits something that does not come.',
    remedy: 'Move it into run(), where until() gives it a deadline.',
  },
  'timeout.systemd': {
    means: 'systemd did not answer fleetd on its D-Bus socket: it was not there, refused, or said nothing in time.',
    remedy: 'On the machine: `systemctl is-system-running`, `ls -l /run/systemd/private`',
  },
  'timeout.unit': {
    means: 'A unit did not reach its state before `fleetctl` gave up waiting (`--block-attempts`, 2 s each).',
    remedy: '`lab fleetctl status UNIT` and `lab fleetctl journal UNIT`',
  },
  'timeout.vagrant': {
    means: 'A `vagrant` command did not end in time.',
    remedy: 'Run what the error gives as next; emulated guests are slow: stretch under [timers] in lab.toml.',
  },
  'timeout.upstream-image': {
    means:
      'An image from the registry that [images] remoteurl names was not whole within image_build_deadline. The evidence says how much came.',
    remedy: 'A longer `image_build_deadline` under [timers] in lab.toml, then `lab up`.',
  },
} as const satisfies EntriesOf<'timeout'>;
