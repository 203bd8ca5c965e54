import { describe, expect, it } from 'vitest';
import { hintsFor } from '#guide/conditions/hints.ts';
import type { SystemdUnit } from '#guide/conditions/observed.ts';
import type { StepCondition } from '#guide/form/condition-form.ts';
import { readSystemd } from '#guide/observe/systemd.ts';
import { seen, unitOn, without } from './seen.ts';

const couchbase = 'couchbase@1.service';
const sidekick = 'couchbase-sidekick@1.service';
const active: StepCondition = { condition: 'units-active', units: [couchbase] };
const together: StepCondition = { condition: 'units-on-one-machine', units: [couchbase, sidekick] };
const machineOf = { fleetOptions: [{ name: 'MachineOf', value: couchbase }] };

/** The unit is on core-01, and its systemd says this of it. */
const starting = (now: Partial<SystemdUnit>) =>
  seen({
    units: [unitOn(couchbase, 'core-01', { state: 'activating/start-pre' })],
    systemd: {
      [couchbase]: {
        machine: 'core-01',
        state: 'activating/start-pre',
        start: 'a',
        sinceS: 12,
        activeSinceS: undefined,
        restarts: 0,
        command: undefined,
        ...now,
      },
    },
  });

describe('a hint looks at the lab', () => {
  it('says that an image is still being pulled, and for how long', () => {
    const lab = starting({ command: '/usr/bin/docker pull couchbase:community-4.0.0' });
    expect(hintsFor([active], lab)).toEqual([
      'couchbase@1.service on core-01 is still pulling couchbase:community-4.0.0: 12 s',
    ]);
  });

  it('says which command makes an image that the registry has not', () => {
    const pulls = ['mattbailey/ch6-worker'];
    const unit = unitOn(couchbase, 'core-01', { state: 'activating/auto-restart', pulls });
    const lab = { ...starting({ restarts: 3 }), units: [unit], images: { 'mattbailey/ch6-worker': false } };
    expect(hintsFor([active], lab)).toEqual([
      "couchbase@1.service pulls mattbailey/ch6-worker, which the lab's registry has not: lab image build DIR -t mattbailey/ch6-worker puts it there",
    ]);
  });

  it('names the command at which a start is, and how often it was begun', () => {
    const lab = starting({ state: 'activating/start-post', restarts: 2, command: 'bash -c wait  for\nit' });
    expect(hintsFor([active], lab)).toEqual([
      'couchbase@1.service on core-01 is activating/start-post: 12 s, after 2 restarts, at bash -c wait for it',
    ]);
  });

  it('says that a unit failed, and where it is told why', () => {
    expect(hintsFor([active], starting({ state: 'failed/failed', restarts: 1 }))).toEqual([
      'couchbase@1.service on core-01 failed, after 1 restart: fleetctl journal couchbase@1.service says why',
    ]);
  });

  it('says that a unit was never started, is only loaded, or that no machine takes it', () => {
    expect(hintsFor([active], seen())).toEqual([
      'fleet has no couchbase@1.service: it was not started, or under another name',
    ]);
    expect(
      hintsFor(
        [active],
        seen({ units: [unitOn(couchbase, 'core-01', { desired: 'loaded', state: 'inactive/dead' })] }),
      ),
    ).toEqual(['couchbase@1.service is loaded: fleetctl start couchbase@1.service has it run']);
    const reason = 'core-01 runs web@2.service, which conflicts';
    expect(hintsFor([active], seen({ units: [unitOn(couchbase, undefined, { reason })] }))).toEqual([
      `no machine can take couchbase@1.service: ${reason}`,
    ]);
  });

  it('finds the MachineOf that a sidekick lacks, and only where it matters', () => {
    const units = [unitOn(couchbase, 'core-01'), unitOn(sidekick, 'core-02')];
    expect(hintsFor([together], seen({ units }))).toEqual([
      'couchbase-sidekick@1.service lacks MachineOf=couchbase@1.service in its [X-Fleet]',
    ]);
    const bound = [unitOn(couchbase, 'core-01'), unitOn(sidekick, 'core-02', machineOf)];
    expect(hintsFor([together], seen({ units: bound }))).toEqual([]);
    expect(hintsFor([together], seen({ units: units.map(({ name }) => unitOn(name, 'core-01')) }))).toEqual([]);
  });

  it('finds the Conflicts that units on one machine lack', () => {
    const webs = ['web@1.service', 'web@2.service'];
    const spread: StepCondition = { condition: 'units-on-different-machines', units: webs };
    const lab = seen({ units: webs.map((name) => unitOn(name, 'core-01')) });
    expect(hintsFor([spread], lab)).toEqual(
      webs.map((name) => `${name} lacks Conflicts= in its [X-Fleet], so another may share its machine`),
    );
  });

  it('begins with the machines, where it is they', () => {
    const ready: StepCondition = { condition: 'machines-ready' };
    expect(hintsFor([ready], without('core-01', 'core-02', 'core-03'))).toEqual(['no machine runs: the lab is not up']);
    expect(hintsFor([ready, active], without('core-01', 'core-02'))).toEqual([
      'core-01 is stopped',
      'core-02 is stopped',
      'fleet does not answer: without a quorum of etcd nothing can be scheduled',
    ]);
    expect(hintsFor([{ condition: 'quorum-lost' }], without('core-01', 'core-02'))).toEqual([]);
  });

  it('has nothing to say of what runs', () => {
    expect(hintsFor([active], seen({ units: [unitOn(couchbase, 'core-01')] }))).toEqual([]);
  });
});

describe('what systemd printed', () => {
  it('is read unit by unit: state, start, seconds, the command of this moment', () => {
    const printed = [
      'NRestarts=1\nControlPID=812\nId=couchbase@1.service\nActiveState=activating\nSubState=start-pre',
      'InactiveExitTimestamp=@1700000000\nInvocationID=abc\nCommand=/usr/bin/docker pull x:1 \nNow=1700000012\n',
      'NRestarts=0\nControlPID=0\nId=web@1.service\nActiveState=inactive\nSubState=dead',
      'InactiveExitTimestamp=\nInvocationID=\nNow=1700000012\n',
    ].join('\n');
    expect(readSystemd('core-02', printed)).toEqual({
      'couchbase@1.service': {
        machine: 'core-02',
        state: 'activating/start-pre',
        start: 'abc',
        sinceS: 12,
        activeSinceS: undefined,
        restarts: 1,
        command: '/usr/bin/docker pull x:1',
      },
      'web@1.service': {
        machine: 'core-02',
        state: 'inactive/dead',
        start: '',
        sinceS: undefined,
        activeSinceS: undefined,
        restarts: 0,
        command: undefined,
      },
    });
    expect(readSystemd('core-02', '')).toEqual({});
  });
});
