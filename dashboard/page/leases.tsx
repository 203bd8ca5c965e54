import { leftOfPresence } from '../moment/left.ts';
import type { MachineNow, Moment } from '../moment/moment.ts';
import { Runout } from './keys.tsx';
import { Panel } from './parts/panel.tsx';

/** Who leads, and what each machine has leased: its presence at fleet, its network at flannel. */
export function Leases({ moment }: { readonly moment: Moment }) {
  const { machines, subnets, atMs } = moment;
  const networksOf = (name: string) => subnets.filter(({ machine }) => machine === name).map(({ subnet }) => subnet);
  return (
    <Panel title="Leaders and leases">
      <dl className="leaders">
        <Leader
          name="etcd leads"
          machines={machines.filter(({ etcd }) => etcd === 'leader')}
          unknown={machines.every(({ etcd }) => etcd === 'unknown')}
        />
        <Leader
          name="fleet's engine runs"
          machines={machines.filter(({ engine }) => engine)}
          unknown={machines.every(({ etcd }) => etcd === 'unknown')}
        />
      </dl>
      {machines.length > 0 && (
        <table className="leases">
          <thead>
            <tr>
              <th scope="col">machine</th>
              <th scope="col">fleet's presence</th>
              <th scope="col">flannel's network</th>
            </tr>
          </thead>
          <tbody>
            {machines.map((machine) => (
              <tr key={machine.name}>
                <th scope="row">{machine.name}</th>
                <td>
                  {machine.listed ? (
                    <Runout left={leftOfPresence(machine, atMs)} otherwise="renewed" />
                  ) : (
                    <span className="soft">not listed</span>
                  )}
                </td>
                <td>
                  {networksOf(machine.name).map((subnet) => (
                    <code key={subnet}>{subnet}</code>
                  ))}
                  {networksOf(machine.name).length === 0 && <span className="soft">not known</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

function Leader(props: { readonly name: string; readonly machines: readonly MachineNow[]; readonly unknown: boolean }) {
  const { name, machines, unknown } = props;
  return (
    <div>
      <dt>{name} on</dt>
      <dd>{machines.map((one) => one.name).join(', ') || (unknown ? 'not known yet' : 'no machine')}</dd>
    </div>
  );
}
