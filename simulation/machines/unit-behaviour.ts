/** How a unit of the simulation behaves once it is started, as its unit file says it. Milliseconds. */
export interface UnitBehaviour {
  /** From `activating` to `active`. */
  readonly startMs: number;
  /** From `deactivating` to its end. */
  readonly stopMs: number;
  /** It ends by itself so long after it was active; undefined: never. */
  readonly runsMs: number | undefined;
  readonly endsWell: boolean;
}

const program = '/usr/bin/work';

/** The `[Service]` section of a unit that behaves so. */
export function serviceSection({ startMs, stopMs, runsMs, endsWell }: UnitBehaviour): string {
  const life = runsMs === undefined ? '' : ` --runs=${runsMs} --ends=${endsWell ? 'well' : 'badly'}`;
  return `[Service]\nExecStart=${program} --start=${startMs} --stop=${stopMs}${life}\n`;
}

/** @returns undefined for a unit that systemd refuses: a service without ExecStart= */
export function behaviourOf(text: string): UnitBehaviour | undefined {
  const line = /^ExecStart=(.*)$/m.exec(text)?.[1];
  if (line === undefined) return undefined;
  const number = (flag: string): number | undefined => {
    const digits = new RegExp(`--${flag}=(\\d+)`).exec(line)?.[1];
    return digits === undefined ? undefined : Number(digits);
  };
  return {
    startMs: number('start') ?? 0,
    stopMs: number('stop') ?? 0,
    runsMs: number('runs'),
    endsWell: !line.includes('--ends=badly'),
  };
}
