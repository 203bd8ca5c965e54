import type { StepCondition } from '../form/condition-form.ts';

/** A condition as a person reads it, for the list of a check. Pure. */
export function describeCondition(one: StepCondition): string {
  switch (one.condition) {
    case 'machines-ready':
      return `${one.machines?.join(', ') ?? 'every machine'} ready: running, etcd healthy, known to fleet`;
    case 'machine-stopped':
      return `${one.machine} is down`;
    case 'quorum-lost':
      return 'etcd has lost its quorum';
    case 'units-active':
      return one.exactly === undefined
        ? `${one.units.join(', ')} active running`
        : `${one.exactly} of ${one.units.join(', ')} active running`;
    case 'units-on-one-machine':
      return `${one.units.join(', ')} on one machine`;
    case 'units-on-different-machines':
      return `${one.units.join(', ')} on a machine each`;
    case 'unit-moved':
      return `${one.unit} runs on another machine than ${one.from}`;
    case 'unit-restarted':
      return `${one.unit} was started anew`;
    case 'etcd-key':
      return one.not === undefined ? `${one.key} is in etcd` : `${one.key} is in etcd, and no longer ${one.not}`;
    case 'etcd-key-gone':
      return `${one.key} is not in etcd`;
    case 'etcd-member-replaced':
      return `${one.machine} has a new disk: its etcd is another member than ${one.before}`;
    case 'image-in-registry':
      return `the lab's registry has ${one.image}`;
    case 'couchbase-bucket':
      return `the Couchbase of ${one.unit} has the bucket ${one.bucket}${
        one.documents === undefined ? '' : ` with ${one.documents} documents or more`
      }`;
    case 'page-serves-rows':
      return one.machines === undefined
        ? `the page shows rows on ${one.pages ?? 'all'} ${one.pages === undefined ? 'machines' : 'of the machines'}`
        : `the page shows rows on ${one.machines.join(', ')}`;
  }
}
