import { describe, expect, test } from 'vitest';
import type { DesiredUnit } from '#platform/fleet/agent/desired.ts';
import { taskHolds } from '#platform/fleet/agent/hold.ts';
import { planTasks, type CurrentUnit } from '#platform/fleet/agent/plan.ts';
import { reportUnits } from '#platform/fleet/agent/reports.ts';

const want = (name: string, wanted: 'loaded' | 'launched' = 'launched', hash = 'h'): DesiredUnit => ({
  name,
  hash,
  text: '',
  wanted,
});
const have = (name: string, active: string, started = active !== 'inactive', hash = 'h'): CurrentUnit => ({
  name,
  hash,
  started,
  stopping: false,
  ending: false,
  observed: { load: 'loaded', active, sub: '', invocation: '1' },
});
const stopping = (unit: CurrentUnit): CurrentUnit => ({ ...unit, stopping: true });
const ending = (unit: CurrentUnit): CurrentUnit => ({ ...unit, ending: true });
const plan = (desired: DesiredUnit[], current: CurrentUnit[]) =>
  planTasks(desired, current).map((t) => `${t.verb} ${t.unit}`);

describe('planTasks', () => {
  test('everything is stopped and on disk before anything starts; principals start first', () => {
    expect(plan([want('db'), want('db-side')], [have('old', 'active'), have('dead', 'inactive')])).toEqual([
      'stop old',
      'unload dead',
      'load db',
      'load db-side',
      'start db',
      'start db-side',
    ]);
  });

  test.each([
    ['runs as wanted', [want('u')], [have('u', 'active')], []],
    ['failed: restarting is the business of systemd', [want('u')], [have('u', 'failed')], []],
    ['adopted from an earlier agent: active but not marked', [want('u')], [have('u', 'active', false)], ['start u']],
    ['only loaded', [want('u', 'loaded')], [], ['load u']],
    ['launched after loaded', [want('u')], [have('u', 'inactive', false)], ['start u']],
    ['stopped again', [want('u', 'loaded')], [have('u', 'active')], ['stop u']],
    ['a timer has started it', [want('u', 'loaded')], [have('u', 'active', false)], []],
    ['a timer has started it: a oneshot at work', [want('u', 'loaded')], [have('u', 'activating', false)], []],
    ['the run that was to end goes on', [want('u', 'loaded')], [ending(have('u', 'active', false))], ['stop u']],
    ['and has ended', [want('u', 'loaded')], [ending(have('u', 'failed', false))], []],
    [
      'its stop got no answer, it ended all the same',
      [want('u')],
      [stopping(have('u', 'inactive', true))],
      ['start u'],
    ],
    ['its stop got no answer, it is stopping', [want('u')], [stopping(have('u', 'deactivating'))], ['start u']],
    ['its stop got no answer, it runs and may yet stop', [want('u')], [stopping(have('u', 'active'))], ['start u']],
    ['its stop got no answer: asked again', [want('u', 'loaded')], [stopping(have('u', 'active'))], ['stop u']],
    [
      'its stop got no answer, and it is down',
      [want('u', 'loaded')],
      [stopping(have('u', 'inactive', true))],
      ['stop u'],
    ],
    ['its stop got no answer, and it is gone', [], [stopping(have('u', 'inactive', true))], ['stop u']],
    ['gone, though a timer has started it', [], [have('u', 'active', false)], ['stop u']],
    ['stopped already', [want('u', 'loaded')], [have('u', 'inactive', false)], []],
    ['a failed one is stopped, which clears it', [want('u', 'loaded')], [have('u', 'failed')], ['stop u']],
    ['gone but still stopping: files stay', [], [have('u', 'deactivating', false)], []],
    ['gone and stopped', [], [have('u', 'failed', false)], ['unload u']],
    ['new content while it runs', [want('u', 'launched', 'new')], [have('u', 'active')], ['stop u']],
    [
      'new content once it has stopped',
      [want('u', 'launched', 'new')],
      [have('u', 'inactive', false)],
      ['load u', 'start u'],
    ],
    [
      'systemd did not say: nothing is torn down',
      [],
      [{ name: 'u', hash: 'h', started: false, stopping: false, ending: false, observed: undefined }],
      [],
    ],
  ])('%s', (_what, desired, current, tasks) => {
    expect(plan(desired, current)).toEqual(tasks);
  });
});

test('a task says which content it is about: the wanted one, or the one that has to go', () => {
  const tasks = planTasks(
    [want('new', 'loaded', 'n'), want('other', 'launched', 'after')],
    [have('gone', 'inactive', false, 'g'), have('other', 'active', true, 'before')],
  );
  expect(tasks.map(({ verb, unit, hash }) => `${verb} ${unit} ${hash}`)).toEqual([
    'stop other after',
    'unload gone g',
    'load new n',
  ]);
});

describe('reportUnits', () => {
  const report = (desired: DesiredUnit[], current: CurrentUnit[], causes: Record<string, string> = {}) =>
    reportUnits('m', desired, current, (unit) => causes[unit]).map((s) => [s.unit, s.job, s.active, s.message]);

  test('a unit counts as loaded only when it has really stopped', () => {
    expect(report([want('u', 'loaded')], [have('u', 'deactivating', false)])).toEqual([
      ['u', 'launched', 'deactivating', undefined],
    ]);
    expect(report([want('u', 'loaded')], [have('u', 'inactive', false)])).toEqual([
      ['u', 'loaded', 'inactive', undefined],
    ]);
  });

  test('what systemd runs on its own account is loaded, unless it was to end', () => {
    expect(report([want('u', 'loaded')], [have('u', 'active', false)])).toEqual([['u', 'loaded', 'active', undefined]]);
    expect(report([want('u', 'loaded')], [ending(have('u', 'active', false))])).toEqual([
      ['u', 'launched', 'active', undefined],
    ]);
  });

  test('a unit that could not be loaded is reported too, with the cause', () => {
    expect(report([want('u')], [], { u: 'disk full' })).toEqual([['u', 'launched', 'inactive', 'disk full']]);
  });
});

describe('taskHolds', () => {
  test('a failed start waits longer each time, other content and other tasks do not', () => {
    let now = 0;
    const holds = taskHolds(() => now);
    const start = { verb: 'start' as const, unit: 'u', hash: 'h', reason: '' };
    holds.failed(start, 'bad setting');
    expect([
      holds.isHeld(start),
      holds.isHeld({ ...start, hash: 'other' }),
      holds.isHeld({ ...start, verb: 'stop' }),
    ]).toEqual([true, false, false]);
    now = 2000;
    expect(holds.isHeld(start)).toBe(false);
    holds.failed(start, 'bad setting');
    now = 5999;
    expect(holds.isHeld(start)).toBe(true);
    expect(holds.cause('u', 'h')).toBe('bad setting');
    holds.done(start);
    expect(holds.cause('u', 'h')).toBeUndefined();
  });
});
