import { expect, it } from 'vitest';
import { inPhase } from '#provision/cluster/parts/lab-event.ts';
import { PhaseRecorder } from '#provision/cluster/profile/phase-recorder.ts';
import { joinPhases } from '#provision/cluster/profile/profile-up.ts';
import { phasesOfUnits } from '#provision/cluster/profile/service-times.ts';

/** As systemctl 252 prints it. */
const shown = `UserspaceTimestampMonotonic=62159769539

InactiveExitTimestampMonotonic=62160784491
ActiveEnterTimestampMonotonic=62162261590
Id=etcd.service

InactiveExitTimestampMonotonic=62160792000
ActiveEnterTimestampMonotonic=62162396000
Id=flanneld.service

InactiveExitTimestampMonotonic=0
ActiveEnterTimestampMonotonic=0
Id=docker.service

InactiveExitTimestampMonotonic=62163172000
ActiveEnterTimestampMonotonic=0
Id=fleet.service
`;

it('when services of a machine began and were active, in the time of this process', () => {
  const phases = phasesOfUnits('core-01', shown, { bootMs: -62_159_000, members: 5 });
  expect(phases.map(({ phase, fromMs, toMs }) => [phase, Math.round(fromMs), Math.round(toMs)])).toEqual([
    ['systemd', 770, 1784],
    ['etcd', 1784, 3262],
    ['flannel', 1792, 3396],
  ]);
  expect(phases.find(({ phase }) => phase === 'etcd')).toMatchObject({ quorum: 3, needs: ['systemd'] });
});

it('a machine that says nothing has no times', () => {
  expect(phasesOfUnits('core-01', '', { bootMs: 0, members: 3 })).toEqual([]);
});

it('phases are those that ended, by the clock that was given, and before the first there was the command', async () => {
  let now = 400;
  const recorder = new PhaseRecorder(() => now);
  const on = recorder.onEvent;
  on({ subject: 'core-02', phase: 'boot', status: 'skipped', detail: 'it is running' });
  await inPhase(on, { subject: 'lab', phase: 'network' }, async () => {
    now = 900;
    on({ subject: 'lab', phase: 'network', status: 'progress', detail: 'half of it' });
  });
  on({ subject: 'lab', phase: 'fleet', status: 'started', waits: true });
  on({ subject: 'core-01', phase: 'boot', status: 'started' });
  now = 1000;
  on({ subject: 'lab', phase: 'fleet', status: 'done' });
  expect(recorder.phases).toEqual([
    { subject: 'lab', phase: 'command', fromMs: 0, toMs: 400, waits: false },
    { subject: 'lab', phase: 'network', fromMs: 400, toMs: 900, waits: false },
    { subject: 'lab', phase: 'fleet', fromMs: 900, toMs: 1000, waits: true },
  ]);
});

it("a machine's boot ends where its systemd begins, not where that is noticed", () => {
  const boot = { subject: 'core-01', phase: 'boot', fromMs: 100, toMs: 900, waits: false };
  const systemd = { subject: 'core-01', phase: 'systemd', fromMs: 400, toMs: 700, waits: false };
  const other = { ...boot, subject: 'core-02' };
  expect(joinPhases([boot, other], [systemd])).toEqual([{ ...boot, toMs: 400 }, other, systemd]);
});
