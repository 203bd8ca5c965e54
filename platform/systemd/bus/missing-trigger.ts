import { type SystemdBus, unitInterface } from './systemd-bus.ts';

/** Units that systemd starts only when the one that they are to start is loaded ("Refusing to start, unit ... to trigger not loaded"). */
export function startsAnother(unit: string): boolean {
  return /\.(?:timer|socket|path|automount)$/.test(unit);
}

/**
 * Why systemd would refuse a timer, socket, path or automount: what it is to start is not loaded. systemd says so in its log only: it
 * takes the job, which fails, and leaves the unit dead. Undefined when nothing is missing.
 * @throws BusError, LabError `timeout.systemd`
 */
export async function missingTrigger(bus: SystemdBus, unit: string): Promise<string | undefined> {
  const path = await bus.manager('LoadUnit', 's', [unit], ([answer]) => String(answer));
  const triggered = await bus.property(path, unitInterface, 'Triggers', listOf);
  if (triggered.length === 0) return undefined;
  const rows = await bus.manager('ListUnitsByNames', 'as', [triggered], ([answer]) => listOf(answer).map(listOf));
  for (const [name, , load] of rows) {
    if (load === 'loaded') continue;
    return `${String(name)}, which it is to start, is ${load === 'not-found' ? 'not on this machine' : String(load)}`;
  }
  return undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
