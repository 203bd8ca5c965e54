import { seconds } from '#errors/seconds.ts';
import type { Prediction } from '../harness/record/run-report.ts';
import type { Finding } from '../harness/record/verdict.ts';
import type { ScenarioContext } from '../scenario.ts';
import type { Layer } from './layer.ts';
import type { Loss, Recovery } from './recovery.ts';
import type { VisitorSaw } from './visitor.ts';

/** One layer's row in the table of measures, its fact and its finding. */
export function reportLayer(
  context: Pick<ScenarioContext, 'measure' | 'fact' | 'invariant'>,
  layer: Layer,
  loss: Loss,
  recovery: Recovery,
  visitor: VisitorSaw | undefined,
): void {
  const group = layer.name;
  const measure = (name: string, to: number | undefined, detail: string, predicted?: Prediction) =>
    context.measure(name, { from: loss.faultMs, to, detail, group, ...(predicted === undefined ? {} : { predicted }) });
  const soon = { minMs: 0, maxMs: 1_000, terms: 'the end of a process is an event' };
  measure('systemd notices', recovery.systemdMs, loss.machine, soon);
  if (recovery.fleetMs !== undefined) measure('fleet notices', recovery.fleetMs, 'its agent tells the cluster');
  if (recovery.appsMs !== undefined) measure('apps notice', recovery.appsMs, recovery.apps.join(', '));
  measure('runs again', recovery.restartedMs, restarter(loss, recovery), layer.restart);
  if (layer.key !== undefined) {
    const { minMs, maxMs, terms } = layer.restart;
    const announced = { minMs, maxMs: maxMs + 4_000, terms: `${terms} + sidekick RestartSec 1 s + docker inspect` };
    measure('key right again', recovery.keyMs, layer.key, announced);
  }
  if (visitor?.lastFailedMs !== undefined)
    measure('last page that failed', visitor.lastFailedMs, `${visitor.failed} of ${visitor.asked} failed`);
  measure('everything right again', loss.recoveredMs, 'units, keys, etcd, rows on every page, and quiet for 3 s');
  context.fact(layer.name, inWords(loss, recovery, visitor));
  context.invariant(byItself(layer, loss, recovery));
}

/** Nobody typed a command: what brought the unit back is on the machines. Pure. */
export function byItself(layer: Layer, loss: Loss, recovery: Recovery): Finding {
  const name = `${layer.name}: recovers by itself`;
  if (recovery.restartedMs === undefined)
    return { name, verdict: 'unknown', evidence: `the journal of ${loss.machine} tells no start of ${layer.unit}` };
  const after = seconds(recovery.restartedMs - loss.faultMs);
  const whole = seconds(loss.recoveredMs - loss.faultMs);
  return {
    name,
    verdict: recovery.restartedBy === undefined ? 'unknown' : 'pass',
    evidence: `${layer.what}: ${restarter(loss, recovery)} after ${after}; everything right after ${whole}, without a command`,
  };
}

/** The layer's row of the table, as a sentence. Pure. */
export function inWords(loss: Loss, recovery: Recovery, visitor: VisitorSaw | undefined): string {
  const after = (atMs: number) => seconds(atMs - loss.faultMs);
  const noticed = [
    recovery.systemdMs === undefined ? undefined : `systemd ${after(recovery.systemdMs)}`,
    recovery.fleetMs === undefined ? undefined : `fleet ${after(recovery.fleetMs)}`,
    recovery.appsMs === undefined ? undefined : `${recovery.apps.join(', ')} ${after(recovery.appsMs)}`,
  ].filter((one) => one !== undefined);
  const parts = [
    `noticed by ${noticed.join('; ') || 'nobody'}`,
    recovery.restartedMs === undefined
      ? 'not seen restarting'
      : `${restarter(loss, recovery)} after ${after(recovery.restartedMs)}`,
    ...(recovery.keyMs === undefined ? [] : [`key right after ${after(recovery.keyMs)}`]),
    ...(recovery.alsoRestarted.length === 0 ? [] : [`restarted with it: ${recovery.alsoRestarted.join(', ')}`]),
    visitor === undefined || visitor.asked === 0
      ? 'no visitor was there'
      : `visitors: ${visitor.failed} of ${visitor.asked} pages failed, longest without any page ${seconds(visitor.longestOutageMs)}, ${sessions(visitor.lostSessions)} lost`,
  ];
  return parts.join(' | ');
}

function restarter({ machine }: Loss, { restartedBy }: Recovery): string {
  if (restartedBy === undefined) return 'started again';
  return restartedBy === 'systemd' ? `restarted by systemd on ${machine}` : 'started again by fleet';
}

const sessions = (count: number) => `${count} ${count === 1 ? 'session' : 'sessions'}`;
