import { expect, it } from 'vitest';
import type { GuestState } from '#provision/machines/vagrant/hypervisor.ts';
import { standStill } from '#provision/machines/vagrant/libvirt/stand-still.ts';

/** Guests that do as virsh says; `failing` has what virsh does instead, once each. */
function guestsOf(states: Record<string, GuestState>, failing: Record<string, (name: string) => void> = {}) {
  const now = new Map(Object.entries(states));
  return {
    now,
    domains: async () => new Map(now),
    run: async (...[verb = '', name = '']: readonly string[]) => {
      const fails = failing[`${verb} ${name}`];
      delete failing[`${verb} ${name}`];
      if (fails !== undefined) {
        fails(name);
        throw new Error(`virsh ${verb} ${name}`);
      }
      if (verb === 'suspend') now.set(name, 'paused');
      else if (now.get(name) !== 'paused') throw new Error('domain is not paused');
      else now.set(name, 'running');
      return '';
    },
  };
}
const statesOf = ({ now }: { readonly now: ReadonlyMap<string, GuestState> }) => Object.fromEntries(now);

it('all that run stand still, and go on; one that is paused or off stays so', async () => {
  const guests = guestsOf({ 'core-01': 'running', 'core-02': 'paused', 'core-03': 'shut off', 'core-04': 'running' });
  const before = statesOf(guests);
  const goOn = await standStill(guests, 1000);
  expect(statesOf(guests)).toEqual({ ...before, 'core-01': 'paused', 'core-04': 'paused' });
  await goOn();
  expect(statesOf(guests)).toEqual(before);
});

it('while one stops, none stands still', async () => {
  const guests = guestsOf({ 'core-01': 'running', 'core-02': 'in shutdown' });
  await expect(standStill(guests, 1000)).rejects.toMatchObject({ code: 'state.machine' });
  expect(statesOf(guests)).toEqual({ 'core-01': 'running', 'core-02': 'in shutdown' });
});

it('when one cannot be stopped the others go on, and so does that one, had it been stopped without saying so', async () => {
  const failing: Record<string, (name: string) => void> = {};
  const guests = guestsOf({ 'core-01': 'running', 'core-02': 'running' }, failing);
  failing['suspend core-02'] = (name) => guests.now.set(name, 'paused');
  await expect(standStill(guests, 1000)).rejects.toThrow('virsh suspend core-02');
  expect(statesOf(guests)).toEqual({ 'core-01': 'running', 'core-02': 'running' });
});

it('one is told again until it goes on, and one whose cord was pulled meanwhile is let go', async () => {
  const guests = guestsOf({ 'core-01': 'running', 'core-02': 'running' }, { 'resume core-01': () => undefined });
  const goOn = await standStill(guests, 5000);
  guests.now.set('core-02', 'shut off');
  await goOn();
  expect(statesOf(guests)).toEqual({ 'core-01': 'running', 'core-02': 'shut off' });
});

it('one that does not go on is named', async () => {
  const guests = guestsOf({ 'core-01': 'running' });
  const goOn = await standStill(guests, 1);
  guests.run = async () => Promise.reject(new Error('no answer'));
  await expect(goOn()).rejects.toMatchObject({ code: 'timeout.condition', next: 'lab cut core-01 && lab up' });
});
