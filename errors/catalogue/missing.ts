import type { EntriesOf } from './entry.ts';

/** What was named and does not exist. */
export const missing = {
  'missing.address': {
    means: '`fleetctl ssh` knows no address of a machine: its fleetd has announced none.',
    remedy: 'On that machine set FLEET_PUBLIC_IP for fleetd, then `systemctl restart fleet`.',
  },
  'missing.base-image': {
    means:
      'A Dockerfile stands on an image that the lab does not have, nor the registry that [images] remoteurl names, where it names one.',
    remedy:
      '`lab image list` shows what it has; `lab image build DIR -t NAME` or `lab image load FILE.tar` put one in.',
  },
  'missing.code': {
    means: '`lab explain` has no entry of that name.',
    remedy: '`lab explain --all` lists all codes; the code of an error stands in [ ] behind its text.',
  },
  'missing.couchbase': {
    means: 'The worker found no Couchbase: no key below /services/couchbase came into etcd in time.',
    remedy:
      '`lab fleetctl start units/couchbase@1.service units/couchbase-sidekick@1.service`, then look: `lab fleetctl ' +
      'list-units`',
  },
  'missing.design-document': {
    means: 'A query names a design document that the bucket does not have.',
    remedy: 'Publish it, or correct the name; the web app publishes its own.',
  },
  'missing.directory': {
    means: '`lab scenario new` was called in a directory that is not there any more.',
    remedy: '`cd` to one that is, and where you may write.',
  },
  'missing.etcd-v2-100': {
    means: 'etcd has no such key (100: Key not found).',
    remedy: '`etcdctl ls --recursive /` lists the keys, on a machine.',
  },
  'missing.guide': {
    means: 'A guide is a directory with a guide.toml, and there is none of that name.',
    remedy:
      '`lab guide` begins the chapter; `lab guide new NAME` writes a guide of your own, `lab guide ./NAME` follows it.',
  },
  'missing.guide-progress': {
    means: 'No guide was begun in this directory.',
    remedy: '`lab guide` begins the chapter here; or go to the directory where you began.',
  },
  'missing.guide-step': {
    means: 'The guide has no step of that number or name.',
    remedy: '`lab guide list` has them.',
  },
  'missing.ignition': {
    means: 'The Ignition file that lab.toml names cannot be read.',
    remedy: 'Correct ignition under [machines] in lab.toml; the path is relative to that file.',
  },
  'missing.image': {
    means: "The lab's registry has no image of that name.",
    remedy:
      '`lab image list` shows those it has; `lab image build DIR -t NAME` or `lab image load FILE.tar` put one in.',
  },
  'missing.image-file': {
    means: 'The directory, Dockerfile or archive that `lab image` was given is not there.',
    remedy: 'Correct the path; a Dockerfile of another name is given by `-f FILE`.',
  },
  'missing.journal': {
    means:
      'No journal that `lab logs` could read has a word of it: machines that were never up, guests that are down, an unknown unit.',
    remedy: '`lab status` says which machines there are; `lab up` brings them up.',
  },
  'missing.machine': {
    means: "The lab has no machine of that name, or a beginning of a machine's id fits several.",
    remedy: '`lab status` lists the machines; $num_instances in config.rb says how many there are.',
  },
  'missing.path': {
    means: '`lab cp` found no file, or no directory to put it into, at the path that was named.',
    remedy: 'Look where it is: `ls` here, `lab ssh MACHINE -- ls -a` there. A path on a machine begins at /home/core.',
  },
  'missing.record': {
    means: 'A run has no events: it was broken off before anything happened, or its events.ndjson was removed.',
    remedy: '`lab runs` lists the runs there are.',
  },
  'missing.report': {
    means: 'A run has no report.json: it was broken off before it had one.',
    remedy: '`lab runs` lists the runs with a report.',
  },
  'missing.run': {
    means: 'There is no such recorded run, or none at all yet.',
    remedy: '`lab runs` lists them; `lab scenario failover` makes one.',
  },
  'missing.scenario': {
    means: 'There is no scenario of that name.',
    remedy: '`lab scenario` lists them; a file of your own is given by its path: `lab scenario ./mine.ts`',
  },
  'missing.scenario-file': {
    means: 'The scenario file does not exist, or is a directory.',
    remedy: '`lab scenario new NAME` writes ./NAME.ts, which works at once.',
  },
  'missing.services': {
    means: 'The web app found nothing to run on: etcd has no key of Couchbase or of memcached.',
    remedy: '`lab fleetctl list-units`: couchbase@, memcached@ and their sidekicks must be active.',
  },
  'missing.snapshot': {
    means: 'The lab has no snapshot of this name, or its `snapshot.json` is damaged. Snapshots go with their lab.',
    remedy: '`lab snapshot list`',
  },
  'missing.target': {
    means: "A fault's target is no machine now: nobody runs that unit, or there is no leader or other machine.",
    remedy: '`lab fleetctl list-units` and `lab status` show who runs what.',
  },
  'missing.unit': {
    means: 'fleet has no unit of that name, or it was destroyed while a command waited for it.',
    remedy:
      '`lab fleetctl list-unit-files` lists those there are; a unit that is new is given as the path of its file.',
  },
  'missing.view': {
    means: 'A query names a view that the design document does not have.',
    remedy: 'Correct the name, or publish the design document with that view.',
  },
  'missing.upstream-image': {
    means: 'The registry that [images] remoteurl names has no image of that name and tag.',
    remedy:
      'Name one that it has: `image = "NAME:TAG"` in `[images.NAME]` of lab.toml, with its `source = "upstream"`.',
  },
} as const satisfies EntriesOf<'missing'>;
