import { z } from 'zod';
import { seconds } from '#errors/seconds.ts';
import type { ClusterView } from '../harness/record/cluster-view.ts';
import { pagePort } from '../harness/context/ports.ts';
import type { ScenarioContext } from '../scenario.ts';
import { type Roles, unitsOn } from './roles.ts';
import { shortUnit } from '../harness/record/unit-name.ts';

const pageDeadlineMs = 5_000;

/**
 * What still runs and serves on the machine that stayed: systemd and Docker need no quorum.
 * @param fromMs ms of the run: the first machine was taken away
 */
export async function askLastMachine(
  context: ScenarioContext,
  { witness }: Roles,
  before: ClusterView,
  fromMs: number,
): Promise<void> {
  const { lab } = context;
  const machine = await lab.machine(witness);
  const units = unitsOn(before, witness);
  const [active, containers, page, health] = await Promise.all([
    machine.exec(['systemctl', 'is-active', ...units]),
    lab.docker.running(witness),
    ask(`http://${machine.address}:${pagePort}/`),
    ask(`http://${machine.address}:${pagePort}/healthz`),
  ]);
  const states = active.stdout.trim().split('\n');
  const ownWill = await restartedThemselves(context, units, fromMs);
  const dead = units.filter((unit, i) => states[i] !== 'active' && !ownWill.includes(unit));
  context.invariant({
    name: `what runs on ${witness} keeps running`,
    verdict: dead.length === 0 ? 'pass' : 'fail',
    evidence:
      dead.length === 0
        ? `${units.map(shortUnit).join(', ')} as before; containers: ${containers.join(', ')}${excuse(ownWill)}`
        : `no longer active: ${dead.map(shortUnit).join(', ')}`,
  });
  context.invariant({
    name: `the page of ${witness} answers`,
    verdict: page.status === 200 ? 'pass' : ownWill.length > 0 ? 'unknown' : 'fail',
    evidence: `${page.status === undefined ? page.text : `HTTP ${page.status}`} in ${seconds(page.tookMs)}; ${healthInWords(health.text)}${excuse(ownWill)}`,
  });
  context.fact(`page of ${witness} without a quorum`, healthInWords(health.text));
}

/** Apps that ended because something was announced anew before the quorum was lost: they cannot read the keys without one. */
async function restartedThemselves(
  context: ScenarioContext,
  units: readonly string[],
  fromMs: number,
): Promise<string[]> {
  const lines = await context.lab.journal.lines(units);
  const since = Date.now() - (context.now() - fromMs);
  const wanted = lines.filter(({ message, wallMs }) => wallMs >= since && message.includes('restarting to use it'));
  return units.filter((unit) => wanted.some((line) => line.unit === unit));
}

function excuse(units: readonly string[]): string {
  return units.length === 0
    ? ''
    : `; ended to use a new announcement and needs a quorum to read it: ${units.map(shortUnit).join(', ')}`;
}

const answering = z.object({ ok: z.boolean().optional() });
const healthForm = z.object({
  status: z.string().optional(),
  couchbase: answering.optional(),
  memcached: z.array(answering).default([]),
  lastRowsAgeMs: z.number().nullable().optional(),
});

function readHealth(text: string): z.output<typeof healthForm> | undefined {
  try {
    return healthForm.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** What `/healthz` of the web app says, as a person would. Pure. */
export function healthInWords(text: string): string {
  const health = readHealth(text);
  if (health === undefined) return 'it says nothing of its health';
  const servers = health.memcached;
  const age = health.lastRowsAgeMs;
  const rows = typeof age === 'number' ? `its newest rows are ${Math.round(age / 1_000)} s old` : 'it has no rows yet';
  const couchbase = health.couchbase?.ok === true ? 'Couchbase answers' : 'Couchbase does not answer';
  const memcached = `${servers.filter(({ ok }) => ok).length} of ${servers.length} memcached answer`;
  return `it calls itself ${health.status ?? '?'}: ${couchbase}, ${memcached}, ${rows}`;
}

async function ask(url: string): Promise<{ status: number | undefined; text: string; tookMs: number }> {
  const began = performance.now();
  const tookMs = () => Math.round(performance.now() - began);
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(pageDeadlineMs) });
    return { status: response.status, text: await response.text(), tookMs: tookMs() };
  } catch (error) {
    return { status: undefined, text: error instanceof Error ? error.message : String(error), tookMs: tookMs() };
  }
}
