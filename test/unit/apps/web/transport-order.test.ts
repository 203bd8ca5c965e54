import { expect, it } from 'vitest';
import { firstOrder, orderAfter, type Outcome } from '#apps/web/page/transport-order.ts';

const refused: Outcome = { kind: 'refused' };
const lostPolling: Outcome = { kind: 'lost', by: 'polling', livedMs: 60_000 };
const cut: Outcome = { kind: 'lost', by: 'websocket', livedMs: 900 };
const lostLate: Outcome = { kind: 'lost', by: 'websocket', livedMs: 60_000 };

it.each([
  ['at first', [], 'polling websocket'],
  ['after a refusal', [refused], 'websocket polling'],
  ['after two', [refused, refused], 'polling websocket'],
  ['a lost long poll', [lostPolling], 'websocket polling'],
  ['a lost WebSocket', [lostLate], 'websocket polling'],
  ['one WebSocket cut at once', [cut], 'websocket polling'],
  ['two in a row', [cut, cut], 'polling'],
  ['two, with a long one between', [cut, lostLate, cut], 'websocket polling'],
  ['two, and then polling fails', [cut, cut, refused], 'polling websocket'],
  ['two, and then polling is lost', [cut, cut, lostPolling], 'polling websocket'],
] as const)('%s', (_, outcomes, expected) => {
  expect(outcomes.reduce(orderAfter, firstOrder).transports.join(' ')).toBe(expected);
});
