/** The part of dbus-native 0.13 that is used: it has types for its whole client only. */
declare module 'dbus-native/lib/message.js' {
  import type { Duplex } from 'node:stream';

  /** A message of the D-Bus specification ("Message Protocol"), its header's fields by name. */
  export interface Message {
    /** 1 call, 2 answer, 3 error, 4 signal. */
    readonly type: number;
    readonly serial: number;
    readonly flags?: number;
    readonly path?: string;
    readonly interface?: string;
    readonly member?: string;
    readonly errorName?: string;
    readonly replySerial?: number;
    readonly destination?: string;
    readonly signature?: string;
    readonly body?: readonly unknown[];
  }

  export function marshall(message: Message): Buffer;
  /** Reads messages off a stream until one is malformed. `plainValues`: dictionaries are objects, variants their values. */
  export function unmarshalMessages(
    stream: Duplex,
    onMessage: (message: Message) => void,
    options: { readonly plainValues: boolean },
    onError: (error: Error) => void,
  ): void;
}
