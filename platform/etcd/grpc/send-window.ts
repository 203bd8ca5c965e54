/** What one side may send to the other before it is told that there is room again (RFC 9113, 5.2 and 6.9), and what waits for that. */
export interface SendWindow {
  /** All that is to be said in a stream, in pieces. */
  push(stream: number, bytes: Buffer, send: (piece: Buffer, isEnd: boolean) => void): void;
  /** @param stream 0: of the whole connection */
  widen(stream: number, bytes: number): void;
  /** What each stream may send at first, those that wait included; undefined: as before. */
  startAt(bytes: number | undefined): void;
  /** Nobody wants to hear the rest. */
  forget(stream: number): void;
}

interface Waiting {
  bytes: Buffer;
  room: number;
  readonly send: (piece: Buffer, isEnd: boolean) => void;
}

/**
 * @param firstRoom bytes, of the connection and of each stream
 * @param largest bytes of a piece
 */
export function sendWindow(firstRoom: number, largest: number): SendWindow {
  const waiting = new Map<number, Waiting>();
  let room = firstRoom;
  let start = firstRoom;
  const go = (stream: number, one: Waiting) => {
    for (;;) {
      const size = Math.min(room, one.room, largest, one.bytes.length);
      if (size <= 0) return;
      const piece = one.bytes.subarray(0, size);
      one.bytes = one.bytes.subarray(size);
      room -= size;
      one.room -= size;
      const isEnd = one.bytes.length === 0;
      if (isEnd) waiting.delete(stream);
      one.send(piece, isEnd);
    }
  };
  const goAll = () => {
    for (const [stream, one] of waiting) go(stream, one);
  };
  return {
    push(stream, bytes, send) {
      const one = { bytes, room: start, send };
      waiting.set(stream, one);
      go(stream, one);
    },
    widen(stream, bytes) {
      const one = waiting.get(stream);
      if (stream === 0) room += bytes;
      else if (one) one.room += bytes;
      goAll();
    },
    startAt(bytes = start) {
      for (const one of waiting.values()) one.room += bytes - start;
      start = bytes;
      goAll();
    },
    forget: (stream) => void waiting.delete(stream),
  };
}
