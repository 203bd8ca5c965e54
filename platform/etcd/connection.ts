import type { ByteForm, WireMethod } from './wire.ts';

/**
 * One etcd endpoint, reached over gRPC or over the JSON gateway. Requests and answers have the shapes of etcd's rpc.proto with
 * its own field names; only the form of `bytes` differs, which `wire.ts` hides.
 */
export interface Connection {
  readonly endpoint: string;
  readonly bytes: ByteForm;
  /** Rejects with a LabError of `etcdFailure`, at the latest when `timeoutMs` have passed. */
  call(method: WireMethod, request: object, timeoutMs: number): Promise<unknown>;
  /** Begins a watch. @param request a WatchRequest */
  watch(request: object, on: WatchStreamHandlers): WatchStream;
  /** Lets go of the connection; what is under way fails. */
  close(): void;
}

export interface WatchStreamHandlers {
  /** One WatchResponse. */
  onMessage(message: unknown): void;
  /** The stream is over, whatever the reason; called at most once and not after `cancel`. */
  onEnd(error: Error): void;
}

export interface WatchStream {
  /** Ends it: neither `onMessage` nor `onEnd` is called any more. */
  cancel(): void;
}
