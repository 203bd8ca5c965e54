export type Transport = 'polling' | 'websocket';

/** What became of one attempt to connect, or of a connection. */
export type Outcome =
  | { readonly kind: 'refused' }
  /** `by`: what carried it in the end; `livedMs`: since it was open. */
  | { readonly kind: 'lost'; readonly by: Transport; readonly livedMs: number };

/** Which transports to try next, in which order, and what was learnt so far. */
export interface TransportOrder {
  readonly transports: Transport[];
  /** WebSockets, one after the other, that opened and died at once. */
  readonly cutWebSockets: number;
}

/**
 * Long polling first, then an upgrade: that works wherever HTTP does, and a proxy that refuses, swallows or forgets the upgrade costs
 * nothing. Source: Socket.IO documentation, client option `transports`.
 */
export const firstOrder: TransportOrder = { transports: ['polling', 'websocket'], cutWebSockets: 0 };

/**
 * The order for the next attempt. A refused attempt or a lost polling connection lets the other transport begin: behind a balancer that
 * sends each request to another server only a WebSocket, one connection, works at all. A browser that had a WebSocket
 * begins with one. Two WebSockets that were cut within `cutWithinMs` mean a proxy that ends them: polling alone then, until that fails.
 */
export function orderAfter(order: TransportOrder, outcome: Outcome): TransportOrder {
  if (outcome.kind === 'lost' && outcome.by === 'websocket') {
    const cutWebSockets = outcome.livedMs < cutWithinMs ? order.cutWebSockets + 1 : 0;
    return cutWebSockets >= 2
      ? { transports: ['polling'], cutWebSockets }
      : { transports: ['websocket', 'polling'], cutWebSockets };
  }
  const webSocketNext = order.transports[0] === 'polling' && order.transports.length > 1;
  return webSocketNext ? { ...order, transports: ['websocket', 'polling'] } : firstOrder;
}

const cutWithinMs = 10_000;
