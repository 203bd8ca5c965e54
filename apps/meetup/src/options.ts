import { parseArgs } from 'node:util';
import { LabError } from '../../../errors/lab-error.ts';

export interface MeetupOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Mean events a second. */
  readonly rate: number;
  readonly seed: number;
  readonly startIndex: number;
  /** Ping period, ms. */
  readonly pingMs: number;
  /** A connection without any sign of life for this long is dead, ms. */
  readonly deadMs: number;
}

/** Flags win over MEETUP_* variables, those over defaults. Throws LabError usage.meetup. */
export function readOptions(args: readonly string[], env: Readonly<Record<string, string | undefined>>): MeetupOptions {
  const flags = parse(args);
  const text = (name: string, fallback: string) => flags[name] ?? env[`MEETUP_${envName(name)}`] ?? fallback;
  const number = (name: string, fallback: number, min: number, max: number, whole = true): number => {
    const raw = text(name, String(fallback));
    const value = Number(raw);
    if (
      raw.trim() === '' ||
      !Number.isFinite(value) ||
      value < min ||
      value > max ||
      (whole && !Number.isInteger(value))
    ) {
      throw usage(`--${name} must be a ${whole ? 'whole ' : ''}number from ${min} to ${max}, not "${raw}"`);
    }
    return value;
  };
  return {
    host: text('host', '0.0.0.0'),
    port: number('port', 80, 0, 65_535),
    rate: number('rate', 4, 0.01, 1000, false),
    seed: number('seed', 1, 0, 2 ** 32 - 1),
    startIndex: number('start', 0, 0, 2 ** 40),
    pingMs: number('ping-ms', 1000, 10, 60_000),
    deadMs: number('dead-ms', 2500, 20, 600_000),
  };
}

const names = ['host', 'port', 'rate', 'seed', 'start', 'ping-ms', 'dead-ms'] as const;

function envName(flag: string): string {
  return flag.toUpperCase().replaceAll('-', '_');
}

function parse(args: readonly string[]): Partial<Record<string, string>> {
  try {
    const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
    return parseArgs({ args: [...args], options, allowPositionals: false }).values;
  } catch (error) {
    throw usage((error as Error).message);
  }
}

function usage(cause: string): LabError {
  return new LabError({
    code: 'usage.meetup',
    cause,
    next: `meetup ${names.map((name) => `[--${name} VALUE]`).join(' ')}   (or MEETUP_${envName('port')} and so on)`,
  });
}
