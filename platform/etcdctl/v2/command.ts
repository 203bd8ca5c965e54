import type { EtcdStore } from '../../etcd/store.ts';
import type { Flags } from '../go-flags.ts';
import { badArguments, v2Failure } from './failure.ts';
import { cleanPath } from './tree.ts';

/** One v2 command: reads its arguments, talks to the store, prints. Throws LabErrors worded as v2; returns its exit code. */
export type V2Command = (call: Call) => Promise<number>;

export interface Call {
  readonly store: EtcdStore;
  readonly endpoints: readonly string[];
  /** ms per request. */
  readonly timeoutMs: number;
  readonly flags: Flags;
  /** Those typed, and behind them what was read from standard input in their place. */
  readonly args: readonly string[];
  /** simple, extended, json, or a word v2 refuses. */
  readonly output: string;
  /** A line (or lines) to stdout. */
  print(text: string): void;
  warn(text: string): void;
  /** Aborted by SIGINT: a watch ends then; a command that ends by itself goes on. */
  readonly signal: AbortSignal;
}

/**
 * The key that a command is about. Pure.
 * @throws LabError `usage.etcdctl`: none is given
 */
export function keyOf(call: Call): string {
  if (call.args[0] === undefined) throw badArguments('key required');
  return cleanPath(call.args[0]);
}

/** The root takes no writes in v2. */
export async function writableKeyOf(call: Call): Promise<string> {
  const path = keyOf(call);
  if (path === '/') throw v2Failure(107, '/', (await call.store.list('/')).revision);
  return path;
}

/** The second argument, which is standard input when none was typed. */
export function valueOf(call: Call): string {
  if (call.args[1] === undefined) throw badArguments('value required');
  return call.args[1];
}

/** undefined: the flag was not given. Pure. */
export function textFlag(call: Call, name: string): string | undefined {
  const flag = call.flags[name];
  return typeof flag === 'string' ? flag : undefined;
}

/** 0 and absent are the same in v2: no such condition. */
export function numberFlag(call: Call, name: string): number | undefined {
  const flag = call.flags[name];
  return typeof flag === 'number' && flag !== 0 ? flag : undefined;
}
