import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import type { DesiredUnit } from '#platform/fleet/agent/desired.ts';
import { endings } from '#platform/fleet/agent/endings.ts';
import { taskHolds } from '#platform/fleet/agent/hold.ts';
import { agentPass, unitsHere, type Wanted } from '#platform/fleet/agent/pass.ts';
import { memorySystemd } from '#platform/systemd/memory-systemd.ts';

const text = '[Service]\nExecStart=/bin/sleep 1h\n';
const unit = (name: string): DesiredUnit => ({
  name,
  hash: createHash('sha1').update(text).digest('hex'),
  text,
  wanted: 'launched',
});

/** An agent whose systemd takes so long for an answer that what is wanted changes meanwhile: at each look, to the next of these. */
function slowAgent() {
  const systemd = memorySystemd();
  const ends = endings();
  let wanted: readonly DesiredUnit[] = [];
  const look = async (coming: (readonly DesiredUnit[])[]) => {
    const seen = await unitsHere(systemd, ends);
    wanted = coming.shift() ?? wanted;
    return seen;
  };
  const starts: Wanted['starts'] = {
    waitsFor: () => undefined,
    claim: async (units) => new Set(units.map((task) => task.unit)),
  };
  return {
    pass: async (before: readonly DesiredUnit[], ...atLooks: readonly (readonly DesiredUnit[])[]) => {
      const coming = [...atLooks];
      wanted = before;
      const hands = { systemd, look: () => look(coming), holds: taskHolds(() => 0), ends, log: () => undefined };
      return agentPass(hands, { machineId: 'm1', desired: () => wanted, saidAt: () => undefined, starts });
    },
    stops: () => systemd.calls.filter((call) => call.startsWith('stop')),
  };
}

const [one, two] = [unit('one.service'), unit('two.service')];

it('a unit that is wanted again before systemd has answered is not stopped', async () => {
  const agent = slowAgent();
  await agent.pass([one]);
  const said = await agent.pass([], [one]);
  expect(agent.stops()).toEqual([]);
  expect(said).toMatchObject([{ unit: 'one.service', active: 'active', job: 'launched' }]);
});

it('a unit that is not wanted any more before systemd has answered is stopped in the same pass, and no other', async () => {
  const agent = slowAgent();
  await agent.pass([one, two]);
  await agent.pass([one, two], [two]);
  expect(agent.stops()).toEqual(['stop one.service']);
});
