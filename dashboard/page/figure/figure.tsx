import { useState } from 'react';
import { talksOf } from '../../moment/talks.ts';
import type { Moment } from '../../moment/moment.ts';
import { DeedDialog } from '../parts/deed-dialog.tsx';
import { Panel } from '../parts/panel.tsx';
import type { Link } from '../parts/use-story.ts';
import { shortUnit } from '../../moment/unit-parts.ts';
import { Arrows } from './arrows.tsx';
import { MachineCard } from './machine-card.tsx';

/** The machines with their units in layers, and who talks to whom. */
export function Figure({
  moment,
  link,
}: {
  readonly moment: Moment;
  /** By which something can be done to a machine; undefined: nothing can. */
  readonly link: Link | undefined;
}) {
  const [acted, setActed] = useState<string>();
  const machine = moment.machines.find(({ name }) => name === acted);
  const [chosen, setChosen] = useState<string>();
  const talks = talksOf(moment);
  const homeless = moment.units.filter(({ states, target }) => states.length === 0 && target === undefined);
  return (
    <Panel
      title="The machines"
      className="machines-panel"
      note={
        <span className="legend">
          <span className="application">application</span>
          <span className="persistence">persistence</span>
        </span>
      }
    >
      <div className="field">
        <Arrows talks={talks} chosen={chosen} />
        <ul className="machines" aria-label="Machines">
          {moment.machines.map((one) => (
            <MachineCard
              key={one.name}
              machine={one}
              moment={moment}
              onChoose={setChosen}
              onAct={link === undefined ? undefined : setActed}
            />
          ))}
        </ul>
      </div>
      {moment.machines.length === 0 && <p className="none">No machine was seen yet.</p>}
      {homeless.length > 0 && (
        <div className="homeless">
          <h3>No machine for</h3>
          <ul>
            {homeless.map(({ name, reason }) => (
              <li key={name}>
                <strong>{shortUnit(name)}</strong> {reason}
              </li>
            ))}
          </ul>
        </div>
      )}
      <Talks talks={talks} />
      {machine !== undefined && link !== undefined && (
        <DeedDialog machine={machine} link={link} onClose={() => setActed(undefined)} />
      )}
    </Panel>
  );
}

/** The arrows in words. */
function Talks({ talks }: { readonly talks: ReturnType<typeof talksOf> }) {
  if (talks.length === 0) return null;
  const callers = [...new Set(talks.map(({ from }) => `${shortUnit(from.unit)} on ${from.machine}`))];
  return (
    <details className="talks">
      <summary>Who talks to whom, by the discovery keys</summary>
      <ul>
        {callers.map((caller) => (
          <li key={caller}>
            {caller} →{' '}
            {talks
              .filter(({ from }) => `${shortUnit(from.unit)} on ${from.machine}` === caller)
              .map(
                ({ to, address, answered }) =>
                  `${shortUnit(to.unit)} (${address}${answered ? '' : ', which nobody serves'})`,
              )
              .join(', ')}
          </li>
        ))}
      </ul>
    </details>
  );
}
