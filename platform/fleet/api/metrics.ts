import type { EngineFigures } from '../engine/tally.ts';
import type { FleetView } from '../registry/view.ts';

/** What GET /metrics tells of one daemon; undefined: it waits for etcd. */
export interface DaemonFigures {
  readonly view: FleetView | undefined;
  /** Undefined: it has no engine. */
  readonly engine: EngineFigures | undefined;
  readonly isRegistered: boolean;
}

interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * GET /metrics, in the text format of Prometheus. Names beginning with `fleet_engine_` are the original's (its engine/metrics.go); the others are ours.
 * Pure but for the figures of this process.
 */
export function metricsText({ view, engine, isRegistered }: DaemonFigures): string {
  const { user, system } = process.cpuUsage();
  const one = (value: number): Sample[] => [{ value }];
  return [
    ...metric(
      'fleet_machine_registered',
      'gauge',
      'Is this machine present in the cluster?',
      one(Number(isRegistered)),
    ),
    ...(engine === undefined ? [] : engineLines(engine)),
    ...(view === undefined ? [] : viewLines(view)),
    ...metric('process_cpu_seconds_total', 'counter', 'CPU time of this fleetd.', one((user + system) / 1e6)),
    ...metric('process_resident_memory_bytes', 'gauge', 'Memory of this fleetd.', one(process.memoryUsage.rss())),
    '',
  ].join('\n');
}

function engineLines({ leadsSince, passes, failures, passedMs, decisions }: EngineFigures): string[] {
  const tasks = Object.entries(decisions).map(([type, value]) => ({ labels: { type }, value }));
  const since = 'Since when this engine leads, seconds of the epoch; 0: it does not.';
  return [
    ...metric('fleet_engine_leader_start_time', 'gauge', since, [{ value: (leadsSince ?? 0) / 1000 }]),
    ...metric('fleet_engine_task_count_total', 'counter', 'Decisions that this engine has written.', tasks),
    ...metric('fleet_engine_reconcile_count_total', 'counter', 'Passes of this engine.', [{ value: passes }]),
    ...metric('fleet_engine_reconcile_failure_count_total', 'counter', 'Passes that failed.', [{ value: failures }]),
    '# HELP fleet_engine_reconcile_duration_second What passes took.',
    '# TYPE fleet_engine_reconcile_duration_second summary',
    `fleet_engine_reconcile_duration_second_sum ${passedMs / 1000}`,
    `fleet_engine_reconcile_duration_second_count ${passes}`,
  ];
}

function viewLines({ units, machines, states }: FleetView): string[] {
  const waiting = units.filter((u) => u.blocked !== undefined).length;
  return [
    ...metric('fleet_machines', 'gauge', 'Machines that are present.', [{ value: machines.length }]),
    ...metric(
      'fleet_units',
      'gauge',
      'Units by desired state.',
      counted(
        'desired',
        units.map((u) => u.desired),
      ),
    ),
    ...metric('fleet_units_unschedulable', 'gauge', 'Units that no machine can take.', [{ value: waiting }]),
    ...metric(
      'fleet_unit_states',
      'gauge',
      'What systemd says of units.',
      counted(
        'active',
        states.map((s) => s.active),
      ),
    ),
  ];
}

function counted(label: string, values: readonly string[]): Sample[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort().map(([value, count]) => ({ labels: { [label]: value }, value: count }));
}

function metric(name: string, type: 'gauge' | 'counter', help: string, samples: readonly Sample[]): string[] {
  const lines = samples.map(({ labels = {}, value }) => {
    const inside = Object.entries(labels).map(([key, text]) => `${key}=${JSON.stringify(text)}`);
    return `${name}${inside.length > 0 ? `{${inside.join(',')}}` : ''} ${value}`;
  });
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines];
}
