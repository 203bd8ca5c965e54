import { describe, expect, it } from 'vitest';
import { describeCondition } from '#guide/conditions/describe.ts';
import { missingOf } from '#guide/conditions/judge.ts';
import type { Observed } from '#guide/conditions/observed.ts';
import { conditionNames, type ConditionName, type StepCondition } from '#guide/form/condition-form.ts';
import { seen, unitOn, without } from './seen.ts';

const pair = ['couchbase@1.service', 'couchbase-sidekick@1.service'];
const webs = [1, 2, 3].map((n) => `web@${n}.service`);
const spread = seen({ units: webs.map((name, index) => unitOn(name, `core-0${index + 1}`)) });
const apart = seen({ units: pair.map((name, index) => unitOn(name, `core-0${index + 1}`)) });
const beside = seen({ units: pair.map((name) => unitOn(name, 'core-02')) });
const restarted = (start: string, state = 'active/running') =>
  seen({
    systemd: {
      'memcached@1.service': {
        machine: 'core-01',
        state,
        start,
        sinceS: 1,
        activeSinceS: 1,
        restarts: 0,
        command: undefined,
      },
    },
  });
const rows = { rows: 10 };
const trouble = { trouble: 'nothing answers at port 3000' };

/** Of each condition: where it holds, and where it does not, with what is missing. */
const cases: readonly [StepCondition, Observed, string | undefined][] = [
  [{ condition: 'machines-ready' }, seen(), undefined],
  [{ condition: 'machines-ready' }, seen({ machines: [] }), 'the lab has no machine'],
  [{ condition: 'machines-ready' }, without('core-02'), 'core-02 is stopped'],
  [{ condition: 'machines-ready', machines: ['core-01'] }, without('core-02'), undefined],
  [{ condition: 'machines-ready', machines: ['core-09'] }, seen(), 'the lab has no core-09'],
  [
    { condition: 'machines-ready' },
    without('core-02', 'core-03'),
    'etcd on core-01 has no quorum yet; core-02 is stopped; core-03 is stopped',
  ],
  [{ condition: 'machine-stopped', machine: 'core-02' }, without('core-02'), undefined],
  [{ condition: 'machine-stopped', machine: 'core-02' }, seen(), 'core-02 is running'],
  [{ condition: 'machine-stopped', machine: 'core-09' }, seen(), 'the lab has no core-09'],
  [{ condition: 'quorum-lost' }, without('core-02', 'core-03'), undefined],
  [{ condition: 'quorum-lost' }, without('core-02'), 'etcd on core-01 has a quorum behind it'],
  [
    { condition: 'quorum-lost' },
    without('core-01', 'core-02', 'core-03'),
    'no machine runs: that is more than a lost quorum',
  ],
  [{ condition: 'units-active', units: webs }, spread, undefined],
  [
    { condition: 'units-active', units: pair },
    seen({ units: [unitOn('couchbase@1.service', 'core-01', { state: 'activating/start-pre' })] }),
    '0 of 2 run; not: couchbase@1.service, couchbase-sidekick@1.service',
  ],
  [{ condition: 'units-active', units: webs, exactly: 2 }, spread, '3 of 3 run, and it should be 2'],
  [
    { condition: 'units-active', units: webs, exactly: 2 },
    seen({ units: [unitOn('web@1.service', 'core-01')] }),
    '1 of 3 run, and it should be 2; not: web@2.service, web@3.service',
  ],
  [
    { condition: 'units-active', units: webs },
    without('core-01', 'core-02'),
    'fleet does not answer, so it is not known what runs',
  ],
  [{ condition: 'units-on-one-machine', units: pair }, beside, undefined],
  [
    { condition: 'units-on-one-machine', units: pair },
    apart,
    'not on one machine: couchbase@1.service on core-01, couchbase-sidekick@1.service on core-02',
  ],
  [{ condition: 'units-on-one-machine', units: pair }, seen(), 'couchbase@1.service does not run'],
  [{ condition: 'units-on-different-machines', units: webs }, spread, undefined],
  [
    { condition: 'units-on-different-machines', units: pair },
    beside,
    'two on one machine: couchbase@1.service on core-02, couchbase-sidekick@1.service on core-02',
  ],
  [{ condition: 'unit-moved', unit: 'couchbase@1.service', from: 'core-01' }, beside, undefined],
  [
    { condition: 'unit-moved', unit: 'couchbase@1.service', from: 'core-02' },
    beside,
    'couchbase@1.service still runs on core-02',
  ],
  [{ condition: 'unit-moved', unit: 'worker.service', from: 'core-02' }, beside, 'worker.service does not run'],
  [{ condition: 'unit-restarted', unit: 'memcached@1.service', before: 'a' }, restarted('b'), undefined],
  [
    { condition: 'unit-restarted', unit: 'memcached@1.service', before: 'a' },
    restarted('a'),
    'memcached@1.service on core-01 has not been started anew',
  ],
  [
    { condition: 'unit-restarted', unit: 'memcached@1.service', before: 'a' },
    restarted('b', 'activating/start-pre'),
    'memcached@1.service on core-01 is activating/start-pre',
  ],
  [
    { condition: 'unit-restarted', unit: 'memcached@1.service', before: 'a' },
    seen(),
    'memcached@1.service is on no machine that answers',
  ],
  [{ condition: 'etcd-key', key: '/services/x/1' }, seen({ keys: { '/services/x/1': '10.1.1.2' } }), undefined],
  [{ condition: 'etcd-key', key: '/services/x/1' }, seen(), 'etcd has no /services/x/1'],
  [
    { condition: 'etcd-key', key: '/services/x/1', not: '10.1.1.2' },
    seen({ keys: { '/services/x/1': '10.1.1.2' } }),
    '/services/x/1 still says 10.1.1.2',
  ],
  [
    { condition: 'etcd-key', key: '/services/x/1' },
    seen({ keys: undefined }),
    'etcd does not answer, so it is not known which keys there are',
  ],
  [{ condition: 'etcd-key-gone', key: '/services/x/1' }, seen(), undefined],
  [
    { condition: 'etcd-key-gone', key: '/services/x/1' },
    seen({ keys: { '/services/x/1': '10.1.1.2' } }),
    'etcd has /services/x/1 = 10.1.1.2',
  ],
  [
    { condition: 'etcd-member-replaced', machine: 'core-01', before: '1' },
    seen({ members: { 'core-01': '2' } }),
    undefined,
  ],
  [
    { condition: 'etcd-member-replaced', machine: 'core-01', before: '1' },
    seen({ members: { 'core-01': '1' } }),
    'etcd on core-01 is still member 1: its disk is the old one',
  ],
  [{ condition: 'etcd-member-replaced', machine: 'core-01', before: '1' }, seen(), 'etcd on core-01 does not answer'],
  [{ condition: 'image-in-registry', image: 'memcached:1' }, seen({ images: { 'memcached:1': true } }), undefined],
  [
    { condition: 'image-in-registry', image: 'memcached:1' },
    seen({ images: { 'memcached:1': false } }),
    "the lab's registry has no memcached:1",
  ],
  [
    { condition: 'couchbase-bucket', unit: 'couchbase@1.service', bucket: 'default', documents: 3 },
    seen({ buckets: { 'couchbase@1.service': { default: 3 } } }),
    undefined,
  ],
  [
    { condition: 'couchbase-bucket', unit: 'couchbase@1.service', bucket: 'default', documents: 3 },
    seen({ buckets: { 'couchbase@1.service': { default: 2 } } }),
    '2 documents in default, and it should be 3 at least',
  ],
  [
    { condition: 'couchbase-bucket', unit: 'couchbase@1.service', bucket: 'default' },
    seen({ buckets: { 'couchbase@1.service': {} } }),
    'Couchbase has no bucket default yet',
  ],
  [
    { condition: 'couchbase-bucket', unit: 'couchbase@1.service', bucket: 'default' },
    seen(),
    'the Couchbase of couchbase@1.service does not answer',
  ],
  [
    { condition: 'page-serves-rows' },
    seen({ pages: { 'core-01': rows, 'core-02': rows, 'core-03': rows } }),
    undefined,
  ],
  [{ condition: 'page-serves-rows', pages: 2 }, seen({ pages: { 'core-01': rows, 'core-02': rows } }), undefined],
  [
    { condition: 'page-serves-rows', machines: ['core-02'] },
    seen({ pages: { 'core-02': { rows: 0 } } }),
    'rows on 0 of 1 pages; core-02: no row',
  ],
  [
    { condition: 'page-serves-rows', pages: 2 },
    seen({ pages: { 'core-01': rows, 'core-02': trouble } }),
    'rows on 1 of 2 pages; core-02: nothing answers at port 3000; core-03: not asked, it does not run',
  ],
];

describe('a condition', () => {
  it.each(cases.map(([one, lab, missing]) => [describeCondition(one), missing ?? 'holds', one, lab, missing] as const))(
    '%s: %s',
    (_name, _told, one, lab, missing) => {
      expect(missingOf(one, lab)).toBe(missing);
    },
  );

  it('is shown here to hold, and not to hold, whichever it is', () => {
    const shown = (holds: boolean) =>
      new Set<ConditionName>(
        cases.filter(([, , missing]) => (missing === undefined) === holds).map(([{ condition }]) => condition),
      );
    expect([...shown(true)].sort()).toEqual([...conditionNames].sort());
    expect([...shown(false)].sort()).toEqual([...conditionNames].sort());
  });
});
