import type { MachineNow, Moment } from './moment.ts';

/** The moment with a machine changed, which is new where nobody has spoken of it yet. Pure. */
export function withMachine(moment: Moment, name: string, change: (machine: MachineNow) => MachineNow): Moment {
  const found = moment.machines.find((one) => one.name === name) ?? unknownMachine(name);
  const others = moment.machines.filter((one) => one.name !== name);
  return { ...moment, machines: [...others, change(found)].sort((a, b) => order(a.name, b.name)) };
}

function unknownMachine(name: string): MachineNow {
  return {
    name,
    address: '',
    state: 'running',
    etcd: 'unknown',
    engine: false,
    listed: false,
    silentSinceMs: undefined,
    presence: undefined,
  };
}

/** For `sort`: by code units, the same wherever it runs. Pure. */
export function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
