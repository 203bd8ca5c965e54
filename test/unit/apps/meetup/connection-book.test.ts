import { expect, it } from 'vitest';
import { ConnectionBook, maxAlive, silence } from '#apps/meetup/src/connection-book.ts';

function bookAt() {
  const clock = { ms: 0 };
  return { clock, book: new ConnectionBook(() => clock.ms) };
}

it('refuses a second connection of an address until the first is closed', () => {
  const { book, clock } = bookAt();
  const first = book.open('10.0.0.1', 'websocket');
  clock.ms = 5;
  expect(book.open('10.0.0.1', 'websocket')).toBeUndefined();
  if (!first) throw new Error('the first connection was refused');
  book.close(first, 'closed');
  expect(book.open('10.0.0.1', 'http')).toBeDefined();
  const report = book.report();
  expect(report).toMatchObject({ now: 1, max: 1, refused: 1, refusals: [{ address: '10.0.0.1', at: 5 }] });
  expect(report.history[0]).toMatchObject({ openedAt: 0, closedAt: 5, reason: 'closed' });
});

it('counts a silent connection as open until noticed, but as alive only until last seen', () => {
  const { book, clock } = bookAt();
  const cut = book.open('172.17.8.101', 'websocket');
  if (!cut) throw new Error('refused');
  clock.ms = 1000;
  book.seen(cut);
  clock.ms = 2000;
  book.open('172.17.8.102', 'websocket');
  clock.ms = 3500;
  book.close(cut, silence);
  const report = book.report();
  expect(report.max).toBe(2);
  expect(report.maxAlive).toBe(1);
  expect(report.history[0]).toMatchObject({ lastSeenAt: 1000, closedAt: 3500 });
});

it('sees a real overlap', () => {
  const record = (openedAt: number, closedAt: number | null) => ({
    address: 'a',
    transport: 'websocket' as const,
    openedAt,
    closedAt,
    lastSeenAt: closedAt ?? openedAt,
    events: 0,
    reason: null,
  });
  expect(maxAlive([record(0, 10), record(10, 20)])).toBe(1);
  expect(maxAlive([record(0, 11), record(10, 20), record(10, null)])).toBe(3);
  expect(maxAlive([])).toBe(0);
});
