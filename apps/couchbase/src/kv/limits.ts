import { maxBodyBytes } from '../wire/frame.ts';

/** What one connection, or all of them together, may take of the process. README.md has the same table. */
export interface KvLimits {
  /** Connections at once; one more is closed when it is accepted. */
  readonly connections: number;
  /** Those among them that have not authenticated yet: each may hold an unfinished request. */
  readonly strangers: number;
  /** Body of a request before authentication, bytes: no message of the handshake is near it. */
  readonly strangerBodyBytes: number;
  /** Time from the connection to a successful authentication, ms. */
  readonly strangerMs: number;
  /** Failed authentications on one connection. */
  readonly failedLogins: number;
  /** Body of a request, bytes. */
  readonly bodyBytes: number;
  /** Requests of all connections that are not whole yet, bytes. */
  readonly arrivingBytes: number;
  /** Answers waiting for their client, bytes: above it no request of that client is looked at. */
  readonly outputBytes: number;
  /** The same of all connections together, large values that wait whole among them: beyond it the one closes that took nothing for the longest time. */
  readonly waitingBytes: number;
  /** Range scans under way: SDKs begin up to 128 at once when they are told to. */
  readonly scans: number;
  /** Longest time in which a client with answers waiting takes none of them, ms. */
  readonly stalledMs: number;
}

export const kvLimits: KvLimits = {
  connections: 12_000,
  strangers: 2000,
  strangerBodyBytes: 64 * 1024,
  strangerMs: 10_000,
  failedLogins: 5,
  bodyBytes: maxBodyBytes,
  arrivingBytes: 128 * 1024 * 1024,
  outputBytes: 1024 * 1024,
  waitingBytes: 128 * 1024 * 1024,
  scans: 256,
  stalledMs: 60_000,
};
