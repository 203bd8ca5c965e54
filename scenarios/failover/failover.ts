import { LabError } from '../../errors/lab-error.ts';
import { runningOn } from '../harness/cluster-view.ts';
import { collectJournals, couchbaseDocuments, streamConnections } from '../harness/evidence.ts';
import type { RunEvent } from '../harness/event-log.ts';
import { startPageProbe } from '../harness/probes/page-probe.ts';
import { allUnits, deployStack } from '../deploy/stack.ts';
import type { Scenario, ScenarioContext } from '../scenario.ts';
import { failoverFindings } from './findings.ts';
import { failoverTimeline } from './timeline.ts';

const pagePort = 3000;
const pageDeadlineMs = 60_000;
const failoverDeadlineMs = 120_000;

/** Halts (or cuts) the machine that runs Couchbase and proves that the stack survives it. */
export const failover: Scenario = {
  name: 'failover',
  summary:
    "deploy the chapter's stack, halt (--cut: pull the cord of) the machine with Couchbase, prove that the page comes back",
  run,
};

async function run(context: ScenarioContext) {
  const { lab, log, cluster } = context;
  await deployStack(context);
  const probes = lab.config.machines.map(({ name, address }) =>
    startPageProbe(log, name, `http://${address}:${pagePort}`),
  );
  try {
    await context.until(pagesWithRows(log.events, lab.config.machines.length, 0), pageDeadlineMs);
    return await breakAndHeal(context);
  } finally {
    for (const probe of probes) probe.stop();
    await cluster.stop();
  }
}

async function breakAndHeal(context: ScenarioContext) {
  const { lab, log, cluster, parameters } = context;
  const broken = runningOn(cluster.view, 'couchbase@1.service');
  if (broken === undefined)
    throw new LabError({
      code: 'state.deploy',
      cause: 'couchbase@1.service runs on no machine',
      next: 'lab fleetctl list-units',
    });
  const address = (machine: string) => lab.machines([machine])[0]?.address ?? '';
  const before = cluster.view;
  const documentsBefore = await couchbaseDocuments(address(broken));
  context.note(`${broken} runs couchbase@1 (${documentsBefore ?? '?'} documents); ${parameters.by} it`);

  const faultEvent = log.add('t0', { machine: broken, by: parameters.by });
  await context.faults.inject({
    name: `${parameters.by} ${broken}`,
    inject: () => (parameters.by === 'halt' ? lab.halt([broken]) : lab.cut([broken])),
    undo: async () => void (await lab.up([broken])),
  });
  const deadFrom = new Map([[address(broken), Date.now()]]);

  const displaced = before.units
    .map(({ name }) => name)
    .find((n) => n.startsWith('web@') && runningOn(before, n) === broken);
  const survivors = allUnits.filter((unit) => unit !== displaced);
  await context.until(gone(context, broken), failoverDeadlineMs);
  await context.until(cluster.unitsRunning(survivors), failoverDeadlineMs);
  await context.until(newAddress(context, before.keys['/services/couchbase/1']), failoverDeadlineMs);
  const registered = log.nowMs();
  await context.until(pagesWithRows(log.events, 2, registered), failoverDeadlineMs);
  // Rows that change show that the page is fed, not just served from memory.
  await context.until(newestRowChanges(log.events, registered), failoverDeadlineMs);
  await context.until(cluster.unitsRunning(survivors), failoverDeadlineMs);
  const settled = cluster.view;
  const home = runningOn(settled, 'couchbase@1.service');
  const documentsAfter = home === undefined ? undefined : await couchbaseDocuments(address(home));

  context.note(`${broken} comes back`);
  await context.faults.undoAll();
  await context.until(cluster.unitsRunning(allUnits), failoverDeadlineMs);
  const healed = cluster.view;

  const connections = await streamConnections(lab);
  const [start] = log.events;
  const wallToRunMs = (start?.wallMs ?? 0) - (start?.atMs ?? 0);
  const apps = ['couchbase@1.service', 'worker.service', 'web@1.service', 'web@2.service', 'web@3.service'];
  const journal = await collectJournals(lab, context.runDir, start?.wallMs ?? 0, apps);
  const recorded = { events: log.events, journal, broken, faultMs: faultEvent.atMs };
  const timeline = failoverTimeline({ ...recorded, wallToRunMs });
  const documents = { before: documentsBefore, after: documentsAfter };
  // Only this run's connections; an old run's belong to its own report.
  const ours = connections?.filter(({ closedAt }) => (closedAt ?? Infinity) >= (start?.wallMs ?? 0));
  const findings = failoverFindings({
    ...recorded,
    timeline,
    before,
    settled,
    healed,
    documents,
    connections: ours,
    deadFrom,
  });
  return { timeline, findings, facts: { machine: broken, by: parameters.by, movedTo: home ?? '?' } };
}

function gone({ cluster }: ScenarioContext, machine: string) {
  return {
    name: `fleet counts ${machine} as gone`,
    missing: async () => (cluster.view.machines.includes(machine) ? `fleet still lists ${machine}` : undefined),
  };
}

function newAddress({ cluster }: ScenarioContext, old: string | undefined) {
  return {
    name: 'Couchbase registered at a new address',
    missing: async () => {
      const now = cluster.view.keys['/services/couchbase/1'];
      return now !== undefined && now !== old ? undefined : `the key holds ${now ?? 'nothing'}`;
    },
  };
}

function pagesWithRows(events: readonly RunEvent[], count: number, fromMs: number) {
  return {
    name: `the page shows RSVPs on ${count} machines`,
    missing: async () => {
      const good = events.filter(
        ({ type, atMs, data }) => type === 'page-message' && atMs >= fromMs && Number(data['rows']) > 0,
      );
      const machines = new Set(good.map(({ data }) => data['machine']));
      return machines.size >= count ? undefined : `rows on ${machines.size} of ${count} pages`;
    },
  };
}

function newestRowChanges(events: readonly RunEvent[], fromMs: number) {
  return {
    name: 'the newest row on the page changes',
    missing: async () => {
      const messages = events.filter(
        ({ type, atMs, data }) => type === 'page-message' && atMs >= fromMs && Number(data['rows']) > 0,
      );
      return new Set(messages.map(({ data }) => data['firstKey'])).size >= 2 ? undefined : 'the same newest row so far';
    },
  };
}
