import { Fragment } from 'react';
import type { ClusterSnapshot } from '../../record/run-report.ts';
import { WithSymbol } from './parts/verdict-mark.tsx';
import { shortUnit } from '../../record/unit-name.ts';

type Machine = ClusterSnapshot['machines'][number];
type Unit = ClusterSnapshot['units'][number];

/** A machine of a snapshot: its state, its part in etcd and fleet, and its units. */
export function MachineCard(props: {
  readonly machine: Machine;
  /** Which of the machines' colours. */
  readonly hue: number;
  readonly snapshot: ClusterSnapshot;
  readonly previous: ClusterSnapshot | undefined;
}) {
  const { machine, hue, snapshot, previous } = props;
  const here = unitsOn(snapshot, machine.name);
  const before = previous === undefined ? undefined : unitsOn(previous, machine.name).map(({ name }) => name);
  const away = machine.state !== 'running';
  return (
    <div className={`machine m${hue}${away ? ' away' : ''}`}>
      <h4>
        {machine.name} <span className="muted">{machine.address}</span>
        {away && (
          <>
            {' '}
            <strong className="state">{machine.state}</strong>
          </>
        )}
      </h4>
      <Badges machine={machine} away={away} />
      {here.length === 0 ? (
        <p className="muted none">no units</p>
      ) : (
        <ul className="units">
          {here.map((unit, index) => (
            <UnitChip
              key={index}
              unit={unit}
              machine={machine.name}
              arrived={before !== undefined && !before.includes(unit.name)}
            />
          ))}
        </ul>
      )}
    </div>
  );
}

function Badges({ machine, away }: { readonly machine: Machine; readonly away: boolean }) {
  const badges = [
    ...(away ? [] : [machine.etcd === 'unknown' ? 'etcd ?' : `etcd ${machine.etcd}`]),
    ...(machine.engine ? ['fleet engine'] : []),
    ...(machine.listed ? [] : ['not listed by fleet']),
  ];
  return (
    <p className="badges">
      {badges.map((badge) => (
        <Fragment key={badge}>
          <span className={badge === 'etcd leader' || badge === 'fleet engine' ? 'leads' : undefined}>
            {badge}
          </span>{' '}
        </Fragment>
      ))}
    </p>
  );
}

const unitsOn = ({ units }: ClusterSnapshot, machine: string): Unit[] =>
  units.filter(({ states, target }) =>
    states.length === 0 ? target === machine : states.some((state) => state.machine === machine),
  );

const symbols = { running: '●', failed: '✗', changing: '◐' } as const;

function UnitChip(props: { readonly unit: Unit; readonly machine: string; readonly arrived: boolean }) {
  const { unit, machine, arrived } = props;
  const state = unit.states.find((one) => one.machine === machine)?.state ?? 'no state yet';
  const kind = state === 'active/running' ? 'running' : state.startsWith('failed') ? 'failed' : 'changing';
  return (
    <li className={`unit ${kind}${arrived ? ' arrived' : ''}`}>
      <span>
        <WithSymbol symbol={symbols[kind]}>{shortUnit(unit.name)}</WithSymbol>
      </span>
      {kind !== 'running' && <small>{state}</small>}
      {arrived && <small className="new">arrived</small>}
    </li>
  );
}
