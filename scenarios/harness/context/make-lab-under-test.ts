import { LabError } from '#errors/lab-error.ts';
import { oneMember } from '#platform/etcd/one-member.ts';
import { memberUrl } from '#platform/etcd/ports.ts';
import type { Lab } from '#provision/cluster/lab.ts';
import type { MachineProvider } from '#provision/machines/machine-provider.ts';
import type { ClusterWatch } from '../watch/cluster-watch.ts';
import type { EventLog } from '../record/event-log.ts';
import { readJournals } from './evidence.ts';
import { engineLeader } from './engine-leader.ts';
import type { EtcdMachines } from './etcd-machines.ts';
import { etcdUnderTest } from './etcd-under-test.ts';
import { fleetUnderTest } from './fleet-under-test.ts';
import type { LabUnderTest, MachineUnderTest } from './lab-under-test.ts';
import { pageUnderTest } from './page-under-test.ts';

/** Wires the parts of the lab that a scenario works with. */
export function makeLabUnderTest(args: {
  lab: Lab;
  provider: MachineProvider;
  log: EventLog;
  cluster: ClusterWatch;
  runDir: string;
  startedAtMs: number;
  resolve: (target: string) => Promise<string>;
}): LabUnderTest {
  const { lab, provider, log, cluster } = args;
  const machines = lab.config.machines.map(({ name, address }): MachineUnderTest => ({
    name,
    address,
    state: async () => (await provider.status()).machines.find((machine) => machine.name === name)?.state ?? 'absent',
    exec: (argv) => provider.exec(name, argv),
  }));
  const members = new Map(lab.config.machines.map(({ address }) => [address, oneMember(memberUrl(address))]));
  const etcd: EtcdMachines = {
    machines: lab.config.machines,
    member: (address) => members.get(address) ?? oneMember(memberUrl(address)),
    running: async () => {
      const { machines: all } = await provider.status();
      return all.filter(({ state }) => state === 'running').map(({ name }) => name);
    },
  };
  return {
    config: lab.config,
    capabilities: provider.capabilities,
    machines,
    machine: async (target) => {
      const name = await args.resolve(target);
      const found = machines.find((machine) => machine.name === name);
      if (found !== undefined) return found;
      throw new LabError({ code: 'missing.machine', cause: `there is no machine ${name}`, next: 'lab status' });
    },
    up: async (names) => void (await lab.up(names)),
    destroyMachine: async (name) => void (await lab.destroyMachines([name])),
    fleet: fleetUnderTest({ lab, log, cluster, engineLeader: () => engineLeader(etcd) }),
    etcd: etcdUnderTest(etcd),
    docker: {
      running: async (machine) => {
        const { stdout } = await provider.exec(machine, ['docker', 'ps', '--format', '{{.Names}}']);
        return stdout.split('\n').filter(Boolean);
      },
    },
    journal: { lines: (units) => readJournals(lab, args.startedAtMs, units) },
    page: pageUnderTest({ lab, log, cluster, runDir: args.runDir }),
  };
}
