import type { EntriesOf } from './entry.ts';

/** Families of a few codes each. */
export const others = {
  'internal.build': {
    means: "The lab's own build failed. The lines before the error say where.",
    remedy:
      '`npm run build` in the checkout. Without a change of yours: `git status`, `npm ci`, and report it if it stays.',
  },
  'internal.command': {
    means: 'A program of an image build ended in a way that the lab does not know.',
    remedy: 'Run the command again; report it with its text if it stays.',
  },
  'internal.config': {
    means: 'An address passed the check of lab.toml and cannot be read: a bug of the lab.',
    remedy: 'Report it with your lab.toml.',
  },
  'internal.control': {
    means: "The lab's supervisor does not know what it is asked for: it is of another version than the command.",
    remedy: '`lab destroy && lab up`',
  },
  'internal.daemon': {
    means: 'A daemon of the lab was to be started without a command: a bug of the lab.',
    remedy: 'Report it with the command that you ran.',
  },
  'internal.etcd': {
    means: 'etcd refused a request itself, or answered what is not its protocol. The evidence has its words.',
    remedy: 'On the machine: `journalctl -u etcd -n 50`',
  },
  'internal.etcdctl': {
    means: '`etcdctl` read a command that it has no program for: a bug of the lab.',
    remedy: '`etcdctl help` lists those there are; report it with the command line.',
  },
  'internal.fleetd': {
    means: 'fleetd failed at a request (HTTP status 500 or above).',
    remedy: '`lab ssh MACHINE -- journalctl -u fleet -n 50` on the machine that answered.',
  },
  'internal.report': {
    means: "A run's report does not keep to its own schema: a bug of the lab. The evidence is kept.",
    remedy: "Compare it with docs/report.schema.json, and report it with the run's directory.",
  },
  'internal.scenario': {
    means:
      "A scenario broke off with an error that is none of the lab's. It stands in the record of the run; the " +
      'verdict is unknown.',
    remedy: "`lab report` shows it; mend the scenario, or report it when the scenario is the lab's.",
  },
  'internal.supervisor': {
    means: "The lab's supervisor met an error that it did not expect. The evidence is where.",
    remedy: '`lab destroy && lab up`; report it with its text if it happens again.',
  },
  'internal.unexpected': {
    means:
      'The command met an error that it did not expect: a bug of the lab. The error stands above it, with its stack.',
    remedy: 'Report it with that text and the command that you ran.',
  },
  'interrupted.run': {
    means: 'The run was ended by Ctrl-C. Faults were undone and the record closed.',
    remedy: '`lab status` shows the lab as it is; run the scenario again.',
  },
  'permission.checkout': {
    means:
      'Dependencies, the build or the record of a run must be written into the checkout, and this user may not, or the ' +
      'file system is read-only. Once it is built, what only looks works all the same.',
    remedy: '`sudo ./lab ...`, or use a checkout that can be written.',
  },
  'permission.data-dir': {
    means: 'The data directory of the embedded Couchbase cannot be made, read or written.',
    remedy: 'Give `--data-dir` a directory that the user of the server may write to.',
  },
  'permission.fleet': {
    means: "fleet's API wants a bearer token or a client certificate, and has got none, or a wrong one.",
    remedy:
      '`fleetctl --token-file FILE` (or FLEETCTL_TOKEN), `fleetctl --cert-file FILE --key-file FILE --ca-file FILE`; on ' +
      'the machine itself root needs neither.',
  },
  'permission.guide': {
    means: 'How far a guide is cannot be written into this directory.',
    remedy: 'Follow the guide in a directory of your own: `mkdir ~/book && cd ~/book`.',
  },
  'permission.root': {
    means: 'Machines, images and packages of the host need root: namespaces, mounts, cgroups, file owners.',
    remedy: '`sudo ./lab ...`, with the same words.',
  },
  'permission.upstream': {
    means:
      'The registry that [images] remoteurl names lets this user have an image not without a login, or not at all. Many say so of an image that does not exist.',
    remedy:
      'As root: `buildah login HOST` (or docker login, podman login); or another name: `image = "NAME:TAG"` in `[images.NAME]`.',
  },
  'busy.cgroups': {
    means: "Another lab has been changing the host's cgroup controllers for too long.",
    remedy: '`fuser -v /sys/fs/cgroup` names it; wait, or end it.',
  },
  'busy.dashboard': {
    means: 'Something that was asked for on the page of `lab dashboard` is still being done.',
    remedy: 'Wait until the page says that it is done.',
  },
  'busy.data-dir': {
    means: 'Another server holds the data directory of the embedded Couchbase.',
    remedy: '`fuser DIR/lock` names its process: end it, or choose another directory: `--data-dir`',
  },
  'busy.fleet': {
    means: '`npm run judge` wants a fleet without units: then everything in the history it records is known.',
    remedy: "`lab fleetctl destroy '*'`, or a fresh lab: `lab destroy && lab up`",
  },
  'busy.lab': {
    means: 'Another `lab` command is changing this lab. The error names it and its process.',
    remedy: 'Wait for it, or end it: `kill PID`',
  },
  'busy.port': {
    means: 'A port that a virtual machine forwards is taken on this host. Vagrant would say nothing.',
    remedy:
      'End the program that the error names, or choose another port in $forwarded_ports or $expose_docker_tcp of ' +
      'config.rb.',
  },
  'busy.range': {
    means:
      'Addresses of the lab are those of another lab that runs, or of another interface. Several labs are kept at the same ' +
      'addresses, and one of them runs at a time. The error says which, since when, and which checkout made it.',
    remedy:
      '`lab halt --name OTHER`, after which `lab up` takes the addresses over; or a range of its own under [network] in a ' +
      'lab.toml of its own.',
  },
  'busy.scenario': {
    means:
      'A scenario runs on this lab. Another one, or a command that changes machines meanwhile (`lab up`, `halt`, `cut`, ' +
      '`destroy`), would spoil its evidence.',
    remedy: 'Wait for it, or end it in order, so that it undoes its faults: `kill -INT PID`',
  },
  'busy.view-rows': {
    means:
      'A view cannot hand out rows: too many answers are being read, or these rows went with the process that had them.',
    remedy: 'Read the answers of other queries to their end, or give a limit; then send the query again.',
  },
  'unschedulable.unit': {
    means:
      'fleet finds no machine that can take the unit; the evidence says for each machine what stands in the way. ' +
      'It starts as soon as one can.',
    remedy:
      '`lab fleetctl list-machines`; free a machine (Conflicts=, MachineOf=), or give the unit up: `lab fleetctl ' +
      'destroy UNIT`',
  },
  'unbuilt.disk-architecture': {
    means: 'Disk images and boxes are built on amd64 hosts only.',
    remedy: '`lab up` (containers) works on arm64; docs/known-issues.md says more.',
  },
  'unbuilt.fault': {
    means: 'What runs the machines has no such fault; nothing was done.',
    remedy: 'Use another fault, or the other provider; docs/known-issues.md says why it is missing.',
  },
  'unbuilt.flannel-backend': {
    means: "flannel's configuration asks for a backend that is not built.",
    remedy: 'Use {"Backend":{"Type":"host-gw"}} or {"Backend":{"Type":"vxlan"}}.',
  },
  'unbuilt.named-guests': {
    means:
      'Virtual machines of a lab that only `--name` names would be those of lab.toml to Vagrant, which goes by directory and name.',
    remedy:
      'Give it a directory with a config.rb and a lab.toml of its own: `LAB_CONFIG_DIR=DIR lab up --provider vagrant`',
  },
  'unbuilt.one-snapshot': {
    means:
      "`vagrant snapshot` was to keep one machine's disk, which would not fit what etcd has on the disks of the others.",
    remedy: '`vagrant snapshot save NAME`, without a machine: the whole lab.',
  },
  'unbuilt.snapshots': {
    means: 'Snapshots of a whole lab are built for containers and for guests of libvirt, not for those of VirtualBox.',
    remedy:
      '`vagrant snapshot save NAME`: each guest then stands for itself, and what etcd has on their disks may not fit.',
  },
  'unbuilt.suspend': {
    means:
      '`vagrant suspend` and `resume` keep the memory of virtual machines; containers have none of their own to keep.',
    remedy: '`vagrant halt` and `vagrant up`; `lab snapshot save NAME` keeps disks as they are.',
  },
  'unbuilt.verify': {
    means: 'fleet gave signed units up in its release 0.11: `fleetctl verify` has nothing to verify.',
    remedy: 'Leave it out of scripts. `fleetctl cat UNIT` shows what the cluster has.',
  },
} as const satisfies EntriesOf<'internal' | 'interrupted' | 'permission' | 'busy' | 'unschedulable' | 'unbuilt'>;
