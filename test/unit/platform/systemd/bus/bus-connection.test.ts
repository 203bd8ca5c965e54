import { marshall } from 'dbus-native/lib/message.js';
import { expect, onTestFinished, test } from 'vitest';
import { LabError } from '#errors/lab-error.ts';
import { BusError, type BusSignal, connectBus } from '#platform/systemd/bus/bus-connection.ts';
import { answerTo, type Peer, refusalOf, startPeer, unitChanged } from './peer.ts';

async function peer(...args: Parameters<typeof startPeer>): Promise<Peer> {
  const started = await startPeer(...args);
  onTestFinished(() => started.close());
  return started;
}

const call = (member: string, ...body: unknown[]) => ({
  path: '/org/freedesktop/systemd1',
  interface: 'org.freedesktop.systemd1.Manager',
  member,
  ...(body.length > 0 && { signature: 's'.repeat(body.length), body }),
});
const deaf = { signal: () => undefined, end: () => undefined };

test('it authenticates in one write, and each call has its own answer, in whatever order they come', async () => {
  const held: Parameters<typeof answerTo>[0][] = [];
  const { socket, handshakes, calls } = await peer((message) => {
    held.push(message);
    return held.length < 2
      ? []
      : held.toReversed().map((one) => answerTo(one, 's', `${one.member} ${String(one.body)}`));
  });
  const bus = await connectBus(socket, deaf);
  const both = [call('GetUnit', 'a.service'), call('StartUnit', 'b.service', 'replace')];
  expect(await Promise.all(both.map((one) => bus.call(one, ([text]) => text)))).toEqual([
    'GetUnit a.service',
    'StartUnit b.service,replace',
  ]);
  expect(handshakes).toEqual([
    `\0AUTH EXTERNAL ${Buffer.from(String(process.getuid?.())).toString('hex')}\r\nBEGIN\r\n`,
  ]);
  expect(calls.map((one) => one.member)).toEqual(['GetUnit', 'StartUnit']);
  bus.close();
});

test('an answer is read before a signal that came with it', async () => {
  const path = '/org/freedesktop/systemd1/unit/a_2eservice';
  const { socket } = await peer((message) => [
    unitChanged(path, 'activating'),
    answerTo(message, 's', 'inactive'),
    unitChanged(path, 'active'),
  ]);
  const order: unknown[] = [];
  const signal = ({ body }: BusSignal) => void order.push((body[1] as { ActiveState: string }).ActiveState);
  const bus = await connectBus(socket, { signal, end: () => undefined });
  await bus.call(call('Look'), ([state]) => void order.push(state));
  await expect.poll(() => order).toEqual(['activating', 'inactive', 'active']);
  bus.close();
});

test('a signal that comes with the greeting is not lost', async () => {
  const greeting = `OK 00\r\n${marshall(unitChanged('/a', 'active')).toString('latin1')}`;
  const { socket } = await peer(() => [], greeting);
  const seen: string[] = [];
  const bus = await connectBus(socket, { signal: ({ path }) => void seen.push(path), end: () => undefined });
  await expect.poll(() => seen).toEqual(['/a']);
  bus.close();
});

test('what the peer refuses is an error with its name', async () => {
  const { socket } = await peer((message) => [
    refusalOf(message, 'org.freedesktop.systemd1.NoSuchUnit', 'Unit a.service not loaded.'),
  ]);
  const bus = await connectBus(socket, deaf);
  const refused = bus.call(call('GetUnit', 'a.service'), () => undefined);
  await expect(refused).rejects.toEqual(
    new BusError('org.freedesktop.systemd1.NoSuchUnit', 'Unit a.service not loaded.'),
  );
  await expect(refused).rejects.toMatchObject({ name: 'org.freedesktop.systemd1.NoSuchUnit' });
  bus.close();
});

const silent = (why: string) =>
  expect.objectContaining({ code: 'timeout.systemd', evidence: [expect.stringContaining(why)] }) as LabError;

test.each([
  ['refuses', 'REJECTED EXTERNAL\r\n', 'refused: REJECTED EXTERNAL'],
  ['is something else', 'HTTP/1.1 400 Bad Request\r\n', 'refused: HTTP/1.1 400'],
])('a peer that %s', async (_, greeting, why) => {
  const { socket } = await peer(() => [], greeting);
  await expect(connectBus(socket, deaf)).rejects.toEqual(silent(why));
});

test('nobody is there', async () => {
  await expect(connectBus('/nowhere/private', deaf)).rejects.toEqual(silent('ENOENT'));
});

test('a peer that leaves fails the calls that wait, and the next; its end is told once', async () => {
  const leaver = await peer();
  let ends = 0;
  const bus = await connectBus(leaver.socket, { signal: () => undefined, end: () => void (ends += 1) });
  const waiting = bus.call(call('Reload'), () => undefined);
  await expect.poll(() => leaver.calls.length).toBe(1);
  leaver.end();
  await expect(waiting).rejects.toEqual(silent('the connection ended'));
  await expect(bus.call(call('Reload'), () => undefined)).rejects.toEqual(silent('the connection ended'));
  expect(ends).toBe(1);
});

test('what is no message ends the connection', async () => {
  const { socket } = await peer(() => [], 'OK 00\r\nthis is no message of D-Bus at all');
  let ends = 0;
  const bus = await connectBus(socket, { signal: () => undefined, end: () => void (ends += 1) });
  await expect(bus.call(call('Reload'), () => undefined)).rejects.toBeInstanceOf(LabError);
  await expect.poll(() => ends).toBe(1);
});

test('an answer of another shape than expected fails its call alone', async () => {
  const { socket } = await peer((message) => [answerTo(message, 's', 'text')]);
  const bus = await connectBus(socket, deaf);
  const strict = bus.call(call('Look'), ([value]) => {
    throw new TypeError(`no number: ${String(value)}`);
  });
  await expect(strict).rejects.toThrow('no number: text');
  expect(await bus.call(call('Look'), ([value]) => value)).toBe('text');
  bus.close();
});
