import { choice, scenario, text } from '../scenario.ts';

const deadlineMs = 120_000;

export const failover = scenario({
  name: 'failover',
  summary: 'lose the machine with Couchbase (halt, cut, pause or partition it) and prove that the page comes back',
  needs: { stack: 'deployed' },
  parameters: {
    by: choice(['halt', 'cut', 'pause', 'partition'], 'how the machine is lost'),
    target: text('machine running couchbase@1', 'MACHINE', 'which machine, by name or role'),
  },
  async run({ lab, fault, until, mark, snapshot, parameters, now }) {
    await until(lab.page.showsRows(3), { within: deadlineMs });
    const before = await snapshot('before');
    const lost = await fault.inject(
      parameters.target,
      parameters.by === 'partition' ? { kind: 'partition', from: 'all' } : { kind: parameters.by },
    );
    mark('fault', lost.fromMs, { detail: lost.name });
    mark('machine gone', (await until(lab.fleet.machineGone(lost.machine), { within: deadlineMs })).atMs);
    await until(lab.page.showsRows(2, now()), { within: deadlineMs });
    mark('first good page', now());
    await snapshot('during');
    await fault.undoAll();
    await until(lab.fleet.unitsRunning(before.units.map(({ name }) => name)), { within: deadlineMs });
    await snapshot('after');
  },
});
