import { setTimeout as delay } from 'node:timers/promises';
import { LabError } from '#errors/lab-error.ts';
import { findSupervisor } from '#provision/machines/ground/supervisor-process.ts';
import type { RunEvent } from '#scenarios/harness/record/run-event.ts';
import { ClusterWatch } from '#scenarios/harness/watch/cluster-watch.ts';
import { type LeaseChange, watchLeases } from '#scenarios/harness/watch/lease-watch.ts';
import type { Invocation } from '../invocation.ts';
import { lookAtLab } from '../open-lab.ts';
import { watchText } from '../render/watch-text.ts';

interface Options {
  readonly json?: boolean;
  /** As typed, seconds. */
  readonly for?: string;
}

const told = ['machine-present', 'machine-gone', 'unit-target', 'unit-state', 'key-set', 'key-gone'] as const;
const answers = ['watch-unanswered', 'watch-answered'] as const;
const shown: ReadonlySet<string> = new Set([...told, ...answers]);

/** What the cluster does, a line each as it happens, until Ctrl-C; first what there is. */
export async function watch(from: Invocation, options: Options): Promise<void> {
  const forMs = options.for === undefined ? undefined : milliseconds(options.for);
  const lab = await lookAtLab(from);
  if (findSupervisor(lab.paths) === undefined) {
    throw new LabError({ code: 'state.lab-down', cause: `lab ${lab.config.name} is not up`, next: 'lab up' });
  }
  const end = new AbortController();
  process.once('SIGINT', () => end.abort());
  // Who reads has enough.
  process.stdout.once('error', () => end.abort());
  const print = (event: Pick<RunEvent, 'type' | 'data'> | LeaseChange, wallMs: number): void => {
    if (options.json === true) console.log(JSON.stringify({ at: new Date(wallMs).toISOString(), ...event }));
    else console.log(watchText(event, wallMs));
  };
  const began = performance.now();
  const cluster = new ClusterWatch(lab, {
    nowMs: () => performance.now() - began,
    add: (event) => {
      const { type, data } = event as RunEvent;
      if (shown.has(type)) print({ type, data }, Date.now());
    },
  });
  await cluster.start();
  const endLeases = await watchLeases(lab.config, (change) => print(change, Date.now()));
  await (forMs === undefined
    ? aborted(end.signal)
    : delay(forMs, undefined, { signal: end.signal }).catch(() => undefined));
  await endLeases();
  await cluster.stop();
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

function milliseconds(text: string): number {
  const value = /^\d{1,6}(\.\d{1,3})?s?$/.test(text) ? Number.parseFloat(text) : 0;
  if (value > 0) return value * 1000;
  throw new LabError({
    code: 'usage.value',
    cause: `--for must be a number of seconds above 0 and below 1000000, not ${JSON.stringify(text)}`,
    next: 'lab watch --for 30',
  });
}
