import { LabError } from '#errors/lab-error.ts';

/** The waits that a unit file configures, ms. */
export interface UnitTimers {
  /** `RestartSec=`; systemd's own default is 100 ms (systemd.service(5)). */
  readonly restartMs: number;
}

/**
 * Reads the waits from a unit file as it is loaded on a machine, so that a prediction never repeats a figure by hand.
 * @throws LabError `unit.duration` naming the unit and its line
 */
export function unitTimers(unit: string, text: string): UnitTimers {
  const value = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1]?.trim();
  const span = (key: string) => {
    const given = value(key);
    return given === undefined ? undefined : systemdSpanMs(unit, key, given);
  };
  return {
    restartMs: span('RestartSec') ?? 100,
  };
}

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, sec: 1_000, min: 60_000, m: 60_000, h: 3_600_000 };

/** `5`, `500ms`, `1min 30s` (systemd.time(7), "Parsing time spans"). */
function systemdSpanMs(unit: string, key: string, text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]*)\s*/g)];
  const understood = parts.map(([part]) => part).join('') === text && parts.length > 0;
  const ms = parts.reduce((sum, [, number, name]) => sum + Number(number) * (unitsMs[name || 's'] ?? NaN), 0);
  if (understood && Number.isFinite(ms)) return ms;
  throw new LabError({
    code: 'unit.duration',
    cause: `${unit}: ${key}=${text} is no time span that is understood here`,
    next: `write it as 5, 500ms or 1min 30s (lab fleetctl cat ${unit})`,
  });
}
