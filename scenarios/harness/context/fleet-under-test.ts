import { execa } from 'execa';
import { join } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import type { Lab } from '#provision/cluster/lab.ts';
import { runningOn } from '../record/cluster-view.ts';
import type { ClusterWatch } from '../watch/cluster-watch.ts';
import type { EventLog } from '../record/event-log.ts';
import { unitJournal } from './evidence.ts';
import { fleetctlEnvironment } from './fleetctl-environment.ts';
import type { FleetUnderTest } from './lab-under-test.ts';

/** fleet as a scenario sees it: what the watch saw last, and fleetctl as a reader types it. */
export function fleetUnderTest(args: {
  lab: Lab;
  log: EventLog;
  cluster: ClusterWatch;
  engineLeader: () => Promise<string | undefined>;
}): FleetUnderTest {
  const { lab, log, cluster } = args;
  const fleetctl = (words: readonly string[]) => runFleetctl(lab, log, words);
  return {
    get view() {
      return cluster.view;
    },
    tryFleetctl: (...words) => fleetctl(words),
    async fleetctl(...words) {
      const { exitCode, output } = await fleetctl(words);
      if (exitCode === 0) return;
      throw new LabError({
        code: 'command.fleetctl',
        cause: `fleetctl ${words[0] ?? ''} ended with exit code ${exitCode}`,
        evidence: output.split('\n').slice(-10),
        next: `lab fleetctl ${words.join(' ')}`,
      });
    },
    runningOn: (unit) => runningOn(cluster.view, withSuffix(unit)),
    engineLeader: args.engineLeader,
    unitsRunning: (units) => {
      const wanted = units.map(withSuffix);
      const waiting = () => wanted.filter((unit) => runningOn(cluster.view, unit) === undefined);
      return {
        name: wanted.length === 1 ? `${wanted[0] ?? ''} active running` : `${wanted.length} units active running`,
        missing: async () => {
          const [left, all] = [waiting(), wanted.length];
          return left.length === 0 ? undefined : `${all - left.length} of ${all} running; not yet: ${left.join(', ')}`;
        },
        evidence: () => unitJournal(lab, waiting()),
      };
    },
    machineGone: (machine) => ({
      name: `fleet counts ${machine} as gone`,
      missing: async () => (cluster.view.machines.includes(machine) ? `fleet still lists ${machine}` : undefined),
    }),
    machinePresent: (machine) => ({
      name: `fleet lists ${machine}`,
      missing: async () =>
        cluster.view.machines.includes(machine) ? undefined : `fleet lists ${cluster.view.machines.join(', ')}`,
    }),
  };
}

/** fleet's names carry their type; a person leaves it out. */
function withSuffix(unit: string): string {
  return unit.endsWith('.service') ? unit : `${unit}.service`;
}

async function runFleetctl(lab: Lab, log: EventLog, words: readonly string[]) {
  log.add({ type: 'command', data: { command: `fleetctl ${words.join(' ')}` } });
  const began = performance.now();
  const result = await execa(process.execPath, [join(lab.repoDir, 'dist/machine/bin/fleetctl.cjs'), ...words], {
    cwd: lab.repoDir,
    env: fleetctlEnvironment(lab, lab.config.machines),
    extendEnv: false,
    all: true,
    reject: false,
    // A Ctrl-C is the runner's to handle: what it ends, it ends in order.
    detached: true,
    cleanup: true,
    timeout: lab.config.timers.deployDeadlineMs * lab.config.stretch,
  });
  const tookMs = performance.now() - began;
  for (const line of result.all.split('\n')) if (line !== '') log.add({ type: 'output', data: { line } });
  return { exitCode: result.exitCode ?? 124, output: result.all, tookMs };
}
