import type { EntriesOf } from './entry.ts';

/** The lab, or what it is made of, is not in a state that allows this. */
export const state = {
  'state.docs-directory': {
    means: '`lab docs --to DIRECTORY` would write among files that are there already. Nothing was written.',
    remedy: 'Name an empty directory, or one that is not there; or leave --to out.',
  },
  'state.guide-anew': {
    means:
      '`lab guide goto` would have to begin with `lab destroy`, because the lab is past that step or not where it leads on from.',
    remedy: '`lab guide goto STEP --anew`, when nothing on the machines is of worth.',
  },
  'state.guide-file': {
    means: '`lab guide new` cannot write its directory: it is there already, or cannot be made. Nothing was written.',
    remedy: '`lab guide ./NAME` follows the one that is there; or choose another name or directory.',
  },
  'state.guide-other': {
    means: 'A directory holds the progress in one guide, and another guide was asked for in it.',
    remedy: 'Follow the other one in a directory of its own, or `lab guide reset` first.',
  },
  'state.guide-save': {
    means:
      '`lab guide save` keeps the lab as a step begins. This step is done already, or begins with a machine that does not run.',
    remedy: '`lab guide next` and then save, or `lab snapshot save NAME` for a lab in any state.',
  },
  'state.supervisor-stopped': {
    means:
      "The process that holds the lab was stopped by a signal (SIGSTOP) or a debugger. It answers nobody; the lab's machines run on.",
    remedy: '`kill -CONT PID`, as the error says; or `lab destroy`.',
  },
  'state.another-checkout': {
    means:
      'The lab of this name was made by another checkout, which may be of another version and have other addresses. ' +
      'Looking at it works from here (`lab status`, `ssh`, `fleetctl`, `doctor`), changing it does not.',
    remedy:
      'Run the command in that checkout. `lab destroy` works from here too; for a lab of its own give this checkout another ' +
      'name and range in lab.toml.',
  },
  'state.another-state-dir': {
    means: 'A lab of this name runs already, with its machines in another directory than lab.toml says now.',
    remedy: 'Set state_dir under [lab] in lab.toml back, or `lab destroy && lab up`.',
  },
  'state.box': {
    means: "Vagrant has a box of the lab's name that this lab did not make. Machines of it would let nobody in.",
    remedy: '`vagrant box remove NAME --provider PROVIDER --all --force; vagrant up`, as the error says.',
  },
  'state.capability': {
    means: 'What runs the machines cannot do what a scenario or fault needs, such as slow-cpu on libvirt.',
    remedy: '`lab scenario` lists the others; containers have all faults: `lab destroy && lab up --provider nspawn`',
  },
  'state.checkout': {
    means: 'A file of this checkout lacks what the lab reads from it.',
    remedy: '`git checkout FILE`, as the error says, or undo what was changed there.',
  },
  'state.couchbase': {
    means: 'Couchbase answers the worker and refuses: no such bucket, or a wrong password.',
    remedy: '`lab fleetctl status couchbase@1`: is it active, and did its bucket-create succeed?',
  },
  'state.deploy': {
    means: 'A unit that the scenario is about runs on no machine, or not where it must.',
    remedy: '`lab fleetctl list-units` shows what runs where.',
  },
  'state.etcd-compacted': {
    means: 'etcd has forgotten the history that a watch wanted to go on from.',
    remedy: 'List the keys again, and watch from that revision.',
  },
  'state.etcd-lease': {
    means: 'An etcd lease is gone: it ran out, or was revoked, and its keys with it.',
    remedy: 'Grant a new lease and write the keys again.',
  },
  'state.etcd-v2-101': {
    means: 'The key has another value or index than was demanded (101: Compare failed).',
    remedy: '`etcdctl -o extended get KEY` shows both.',
  },
  'state.etcd-v2-102': {
    means: 'The key is a directory where a value is needed (102: Not a file).',
    remedy: '`etcdctl ls KEY`',
  },
  'state.etcd-v2-104': {
    means: 'A key with a value stands where a directory is needed (104: Not a directory).',
    remedy: '`etcdctl get KEY`; name another, or remove it: `etcdctl rm KEY`',
  },
  'state.etcd-v2-105': {
    means: 'The key is there already (105: Key already exists).',
    remedy: '`etcdctl get KEY` shows it; `etcdctl set` or `update` overwrites.',
  },
  'state.etcd-v2-107': {
    means: 'The root cannot be written or removed (107: Root is read only).',
    remedy: 'Name a key below /.',
  },
  'state.etcd-v2-108': {
    means: 'The directory has keys in it (108: Directory not empty).',
    remedy: '`etcdctl rm --recursive KEY` removes them all.',
  },
  'state.fault-ledger': {
    means:
      'The file that tells which faults a killed scenario left in force is damaged, or of another version of the lab. ' +
      'Nothing was undone, and the file is left as it is.',
    remedy:
      '`lab destroy && lab up` makes machines without faults. To keep the machines, undo what the evidence shows with the ' +
      'version of the lab that wrote it, or by hand, and remove the file.',
  },
  'state.files-changed': {
    means: 'Files that an image copies changed while it was being built; it would be of neither state.',
    remedy: 'Run the command again when nothing writes them, for example when `npm run build` has ended.',
  },
  'state.flannel-full': {
    means: "Every subnet of flannel's network is leased to a machine.",
    remedy:
      'On a machine: `etcdctl ls /coreos.com/network/subnets`; remove leases of machines that are gone, or ' +
      'configure a larger network.',
  },
  'state.flannel-moved': {
    means: "This machine's flannel subnet was leased to another machine while it was away. It has a new one now.",
    remedy: 'On the machine: `systemctl restart flanneld docker`',
  },
  'state.fleet-unreachable': {
    means: 'No fleetd answers, or those that do have no etcd: it is down or without quorum.',
    remedy: '`lab status`; start the machines that are down (two of three are needed): `lab up`',
  },
  'state.global': {
    means: '`fleetctl journal` has no one machine to ask for a global unit.',
    remedy: '`lab fleetctl ssh MACHINE journalctl -u UNIT`',
  },
  'state.hypervisor': {
    means: "The lab's virtual machines run on one hypervisor, and another was asked for.",
    remedy: '`lab destroy`, then `vagrant up --provider libvirt` or virtualbox.',
  },
  'state.image-gone': {
    means: 'The OS image that a machine was made from is gone. Its disk is only the difference to it.',
    remedy: '`lab destroy && lab up`; `lab image prune` removes no image that a machine needs.',
  },
  'state.image-of-lab': {
    means: '`lab image rm` was asked to remove an image that the lab itself brings; units of the book need it.',
    remedy: '`lab image list` shows which are yours. An image of yours with the same name takes its place.',
  },
  'state.inactive': {
    means: '`fleetctl stop` or `restart` was asked for a unit that is not launched.',
    remedy: '`lab fleetctl start UNIT`',
  },
  'state.recorded': {
    means: 'On the page of a recorded run something was asked for that can only be done to a lab.',
    remedy: '`lab dashboard`, without `--run`, shows the lab.',
  },
  'state.lab-down': {
    means: 'The lab is not up, or none of its machines runs.',
    remedy: '`lab up`',
  },
  'state.machine': {
    means: 'A machine cannot do this now: it is off, paused, booting, or another command is working on it.',
    remedy: '`lab status` says which; `lab up MACHINE` starts it.',
  },
  'state.machines': {
    means: 'The lab has too few machines for the scenario.',
    remedy: 'Set $num_instances = 3 in config.rb, then `lab destroy && lab up`.',
  },
  'state.machine-set': {
    means:
      'config.rb says other machines than the lab has, and what the others have on disk, or their part of etcd, would be lost. ' +
      'Nothing was changed.',
    remedy: 'Write what the lab has into config.rb again, or `lab destroy && lab up`; the error says both.',
  },
  'state.memory': {
    means: 'A machine that runs uses more memory than config.rb says now. It keeps what it has.',
    remedy: '`lab halt MACHINE && lab up MACHINE`: it begins anew with less.',
  },
  'state.not-built': {
    means: 'An image copies what the build makes (dist/ or proto/), and it is not there.',
    remedy: '`npm run build`',
  },
  'state.not-loaded': {
    means: "The unit is on no machine. The evidence has fleet's reasons.",
    remedy: '`lab fleetctl start UNIT`, or `lab fleetctl list-unit-files --fields=unit,dstate,target,reason`',
  },
  'state.not-moved': {
    means:
      '`fleetctl rebalance --apply` asked for a move, and the unit did not go there: a constraint, another change, or no ' +
      'engine that leads. Nothing further is moved.',
    remedy: '`lab fleetctl why UNIT`, then `lab fleetctl rebalance --dry-run` again',
  },
  'state.old-disk': {
    means: "A machine's disk was made by an earlier version of the lab, as a directory.",
    remedy: '`lab destroy && lab up`: the machines are made anew, and what they stored is lost.',
  },
  'state.old-supervisor': {
    means: "The lab's supervisor is of an earlier version, which cannot change machines while they run.",
    remedy: '`lab halt && lab up`: the machines keep their disks, the supervisor is started anew.',
  },
  'state.data-format': {
    means:
      'The data directory of the embedded Couchbase was made by another version of it, or has files of something else. Nothing was changed.',
    remedy: 'Start the version that made it, or choose another directory: `--data-dir`',
  },
  'state.data-memory': {
    means: 'What the embedded Couchbase kept in its data directory needs more memory than its documents may have.',
    remedy: '`node --max-old-space-size=MIB` gives it more.',
  },
  'state.disk-full': {
    means:
      'The disk with the data directory of the embedded Couchbase is full. Writes get a temporary failure; nothing that was acknowledged is lost.',
    remedy: 'Make room on the disk, or flush or delete a bucket; then everything goes on by itself.',
  },
  'state.port': {
    means: 'The embedded Couchbase cannot listen on one of its ports.',
    remedy: 'End what uses the port, or choose others: `--kv-port`, `--mgmt-port`, `--capi-port`',
  },
  'state.os-image': {
    means: 'The OS image in the cache is not as it was built: it names no Debian release.',
    remedy: 'Remove the directory that the error names while no lab is up; the next command builds it anew.',
  },
  'state.provider': {
    means: "The lab's machines are made by one provider (containers or virtual machines), and another was asked for.",
    remedy: '`lab destroy`, then `lab up --provider vagrant`, or `lab up` for containers.',
  },
  'state.quorum': {
    means: 'etcd cannot take a machine in: too few of its members run or are connected, or the disks of most are gone.',
    remedy: '`lab up` starts those that are down. Where the disks are gone, so is the data: `lab destroy && lab up`',
  },
  'state.replace': {
    means:
      '`fleetctl submit --replace` or `load --replace` was given a unit that is in a further state; it would be ' +
      'restarted by the way.',
    remedy: '`lab fleetctl start --replace UNIT` for one that is launched, `load --replace` for one that is loaded.',
  },
  'state.scenario-file': {
    means:
      '`lab scenario new` cannot write its file: it is there already, or the directory is not writable. Nothing ' +
      'was written.',
    remedy: '`lab scenario ./NAME.ts` runs the one that is there; or choose another name or directory.',
  },
  'state.supervisor': {
    means: "The lab's supervisor does not run, or ended while a command spoke to it.",
    remedy: '`lab up`; its last words are in /var/lib/coreos-lab/NAME/log/supervisor.log (state_dir in lab.toml).',
  },
  'state.tunnel': {
    means: '`fleetctl --tunnel` got no ssh connection. The evidence has what ssh said.',
    remedy: '`ssh -p PORT USER@HOST true`, as the error says.',
  },
  'state.snapshot': {
    means:
      'The disks of the snapshot do not fit the lab as it is now; nothing was touched. It is of another kind (containers, virtual machines), ' +
      'has other machines, addresses or timers, or the OS image to which the disks are the difference is gone.',
    remedy: 'Make the lab what it was (config.rb, lab.toml), or delete the snapshot: `lab snapshot delete NAME`',
  },
  'state.snapshot-exists': {
    means: 'There is a snapshot of this name already; none is written over.',
    remedy: '`lab snapshot delete NAME`, or another name.',
  },
} as const satisfies EntriesOf<'state'>;
