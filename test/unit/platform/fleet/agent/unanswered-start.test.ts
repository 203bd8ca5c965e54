import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import type { DesiredUnit } from '#platform/fleet/agent/desired.ts';
import { endings } from '#platform/fleet/agent/endings.ts';
import { taskHolds } from '#platform/fleet/agent/hold.ts';
import { agentPass, unitsHere } from '#platform/fleet/agent/pass.ts';
import { memorySystemd } from '#platform/systemd/memory-systemd.ts';

const text = '[Service]\nExecStart=/bin/sleep 1h\n';
const hash = createHash('sha1').update(text).digest('hex');
const unit: DesiredUnit = { name: 'a.service', hash, text, wanted: 'launched' };

/** An agent whose systemd gives no answer to its first starts, whether it carries them out or not. */
function agentOf(unanswered: number, isDone: boolean) {
  const systemd = memorySystemd();
  let now = 0;
  let starts = 0;
  const start: typeof systemd.start = async (names) => {
    if (++starts > unanswered) return systemd.start(names);
    if (isDone) for (const name of names) systemd.startByItself(name);
    return new Map(names.map((name) => [name, 'Connection timed out']));
  };
  const ends = endings();
  const hands = {
    systemd: { ...systemd, start },
    look: () => unitsHere(systemd, ends),
    holds: taskHolds(() => now),
    ends,
    log: () => undefined,
  };
  const all = { waitsFor: () => undefined, claim: async () => new Set([unit.name]) };
  const wanted = { machineId: 'm1', desired: () => [unit], saidAt: () => undefined, starts: all };
  return {
    systemd,
    starts: () => starts,
    pass: () => agentPass(hands, wanted),
    at: (ms: number) => void (now = ms),
  };
}

it('a start that got no answer, and was carried out, is asked for again at once, and is no failure', async () => {
  const agent = agentOf(1, true);
  const [said] = await agent.pass();
  expect(said).toMatchObject({ active: 'active', job: 'launched' });
  expect(said?.message).toBeUndefined();
  expect(agent.starts()).toBe(2);
});

it('the same when the unit is seen to be up only later', async () => {
  const agent = agentOf(2, false);
  await agent.pass();
  agent.at(2_000);
  expect(await agent.pass()).toMatchObject([{ active: 'inactive', message: 'Connection timed out' }]);
  agent.systemd.startByItself(unit.name);
  const [said] = await agent.pass();
  expect([said?.active, said?.message, agent.starts()]).toEqual(['active', undefined, 3]);
});

it('one that is refused though the unit is up is tried once more, and then waits as others do', async () => {
  const agent = agentOf(4, true);
  for (const ms of [0, 10, 1_000]) {
    agent.at(ms);
    expect(await agent.pass()).toMatchObject([{ active: 'active', message: 'Connection timed out' }]);
  }
  expect(agent.starts()).toBe(2);
  agent.at(4_000);
  await agent.pass();
  expect(agent.starts()).toBe(3);
});
