import type { Lab } from '#provision/cluster/lab.ts';
import { mustHave } from '#errors/must-have.ts';

/** What one call costs, ms. */
export interface CallCost {
  readonly call: string;
  readonly wallMs: number;
  /** Of the program that was called, and all it started. */
  readonly clientMs: number;
  /** Of the process behind our etcdctl. */
  readonly residentMs: number;
}

/** Ours and Debian's own client of v3, for what a sidekick does; each in turn. */
const calls = {
  'etcdctl get': 'etcdctl get /bench/key',
  'etcdctl update --ttl': 'etcdctl update --ttl 60 /bench/key 10.1.7.2',
  'etcdctl get, v3 (Debian)': 'ETCDCTL_API=3 etcdctl.real --endpoints http://127.0.0.1:12379 get /bench/key',
  'etcdctl put, v3 (Debian)': 'ETCDCTL_API=3 etcdctl.real --endpoints http://127.0.0.1:12379 put /bench/other 10.1.7.2',
  'the whole program, get': 'node /opt/lab/bin/etcdctl.cjs get /bench/key',
} as const;

/** bash counts what it waited for (getrusage(2), ms); the process that stays by its own clock of 100 Hz. */
const script = `
set -e
etcdctl set --ttl 60 /bench/key 10.1.7.2 > /dev/null
pid=$(systemctl show -P MainPID etcdctl.service)
TIMEFORMAT='%R %U %S'
measure() {
  local times=$1 i before after
  before=$(awk '{ print $14 + $15 }' /proc/$pid/stat)
  { time for ((i = 0; i < times; i++)); do eval "$2" > /dev/null; done; } 2>&1 | tr '\\n' ' '
  after=$(awk '{ print $14 + $15 }' /proc/$pid/stat)
  echo $((after - before))
}
`;

/** Calls each command so many times on the first machine, after once to warm up. */
export async function etcdctlCost(lab: Lab, times: number): Promise<CallCost[]> {
  const { name: machine } = mustHave(lab.config.machines[0], 'first machine');
  const provider = await lab.runningProvider();
  const costs: CallCost[] = [];
  for (const [call, command] of Object.entries(calls)) {
    const text = `${script}measure 5 '${command}' > /dev/null; measure ${times} '${command}'; etcdctl rm /bench/key > /dev/null`;
    const { stdout } = await provider.exec(machine, ['bash', '-c', text]);
    const [wall = NaN, user = NaN, system = NaN, ticks = NaN] = stdout.trim().split(/\s+/).map(Number);
    const each = (ms: number) => ms / times;
    costs.push({
      call,
      wallMs: each(wall * 1000),
      clientMs: each((user + system) * 1000),
      residentMs: each(ticks * 10),
    });
  }
  return costs;
}
