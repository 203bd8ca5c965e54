import type { StepCondition, StepValue } from '../form/condition-form.ts';
import type { Needs } from './observed.ts';

/**
 * What must be asked for these conditions and values. Pure.
 * @param hints true: also what only hints want to know
 */
export function needsOf(conditions: readonly StepCondition[], values: readonly StepValue[], hints = false): Needs {
  const unique = (names: readonly string[]) => [...new Set(names)];
  const pages = conditions.filter((one) => one.condition === 'page-serves-rows');
  return {
    members:
      conditions.some(({ condition }) => condition === 'etcd-member-replaced') ||
      values.some(({ from }) => from === 'member-beside'),
    systemd: unique([
      ...conditions.flatMap((one) => (one.condition === 'unit-restarted' ? [one.unit] : [])),
      ...conditions.flatMap((one) => (hints && one.condition === 'units-active' ? one.units : [])),
      ...values.flatMap((one) => (one.from === 'start-of' ? [one.unit] : [])),
    ]),
    buckets: unique(conditions.flatMap((one) => (one.condition === 'couchbase-bucket' ? [one.unit] : []))),
    pages: pages.some(({ machines }) => machines === undefined)
      ? 'all'
      : unique(pages.flatMap(({ machines = [] }) => machines)),
    images: unique(conditions.flatMap((one) => (one.condition === 'image-in-registry' ? [one.image] : []))),
  };
}
