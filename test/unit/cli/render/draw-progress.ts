import { renderRunEvents } from '#cli/render/run.ts';
import { Progress } from '#cli/render/progress.ts';

// A program for a terminal: twelve phases of a lab that comes up, then events of a run. Redrawing is by the clock, so it lasts as
// long as several redraws.
const machines = ['core-01', 'core-02', 'core-03'];
const progress = new Progress();
const redraws = () => new Promise((resolve) => setTimeout(resolve, 250));
for (const phase of ['provision', 'boot', 'etcd-membership-of-all', 'fleet']) {
  for (const subject of machines) {
    progress.onEvent({
      subject,
      phase,
      status: 'started',
      detail: `waiting for ${phase} of ${subject}`,
      deadlineMs: 90_000,
    });
  }
  await redraws();
  for (const subject of machines.slice(1))
    progress.onEvent({ subject, phase, status: 'progress', detail: 'it\ntakes its time' });
  await redraws();
  for (const subject of machines)
    progress.onEvent({ subject, phase, status: subject === 'core-03' ? 'skipped' : 'done' });
}
progress.stop();

const events = renderRunEvents();
const at = { atMs: 1_250, wallMs: 0 };
events.show({
  ...at,
  type: 'fault',
  data: {
    id: 'halt-1',
    machine: 'core-01',
    kind: 'halt',
    action: { kind: 'halt' },
    name: 'halt of core-01, the machine that runs couchbase@1',
  },
});
events.show({ ...at, type: 'wait', data: { condition: 'couchbase@1 runs elsewhere', deadlineMs: 60_000 } });
events.show({
  ...at,
  type: 'wait-missing',
  data: {
    condition: 'couchbase@1 runs elsewhere',
    missing: 'it has no machine yet: core-02 (22222222...) runs couchbase@2, which conflicts with it',
  },
});
await redraws();
events.show({
  ...at,
  type: 'unit-target',
  data: { unit: 'couchbase@1', from: 'core-01', to: 'core-03', reason: null },
});
await redraws();
events.show({ ...at, type: 'wait-held', data: { condition: 'couchbase@1 runs elsewhere' } });
events.stop();
