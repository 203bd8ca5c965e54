import { expect, test } from 'vitest';
import { seededRandom } from '#scenarios/chaos/seeded-random.ts';
import { Network } from '#simulation/world/network.ts';
import { bareWorld } from '../in-world.ts';

function network() {
  const world = bareWorld();
  const net = new Network(world.agenda, seededRandom(1));
  for (const host of ['a', 'b', 'c']) net.setUp(host, true);
  const arrived: string[] = [];
  const arrives = (what: string) => () => void arrived.push(what);
  return { ...world, net, arrived, arrives };
}

test('a message arrives within some milliseconds, one way or the other', async () => {
  const { net, arrived, arrives, run, agenda } = network();
  net.send('a', 'b', arrives('there'));
  await run();
  expect(arrived).toEqual(['there']);
  expect(agenda.now()).toBeLessThan(100);
});

test('what is cut one way only goes the other way; TCP brings the rest when the way is free, a datagram is lost', async () => {
  const { net, arrived, arrives, run, agenda } = network();
  const heal = net.impair('a', 'b', { cut: true });
  expect([net.reaches('a', 'b'), net.reaches('b', 'a')]).toEqual([false, true]);
  net.send('a', 'b', arrives('late'));
  net.datagram('a', 'b', arrives('never'));
  net.send('b', 'a', arrives('back'));
  agenda.at(10_000, heal);
  await run();
  expect(arrived).toEqual(['back', 'late']);
  expect(agenda.now()).toBeGreaterThan(10_000);
  expect(agenda.now()).toBeLessThan(15_000);
});

test('what is cut twice is free when both cuts are over', () => {
  const { net } = network();
  const [first, second] = [net.impair('a', 'b', { cut: true }), net.impair('a', 'b', { cut: true })];
  first();
  first();
  expect(net.reaches('a', 'b')).toBe(false);
  second();
  expect(net.reaches('a', 'b')).toBe(true);
});

test('a message goes with the host that sends it, and is nothing to one that is down', async () => {
  const { net, arrived, arrives, run, agenda } = network();
  const heal = net.impair('a', 'b', { cut: true });
  net.send('a', 'b', arrives('from the dead'));
  agenda.at(1_000, () => net.setUp('a', false));
  agenda.at(2_000, () => net.setUp('a', true));
  agenda.at(3_000, heal);
  net.setUp('c', false);
  net.send('a', 'c', arrives('to the dead'));
  await run();
  expect(arrived).toEqual([]);
});

test('losing half of the packets makes TCP slow, and loses nothing', async () => {
  const { net, arrived, arrives, run } = network();
  net.impair('a', 'b', { loss: 0.5 });
  for (let i = 0; i < 100; i++) net.send('a', 'b', arrives('one'));
  for (let i = 0; i < 100; i++) net.datagram('a', 'b', arrives('datagram'));
  await run();
  expect(arrived.filter((what) => what === 'one')).toHaveLength(100);
  expect(arrived.filter((what) => what === 'datagram').length).toBeGreaterThan(20);
  expect(arrived.filter((what) => what === 'datagram').length).toBeLessThan(80);
});
