import type { CSSProperties } from 'react';
import { hundredths } from '#errors/seconds.ts';
import type { ClusterSnapshot } from '../../record/run-report.ts';
import { DiscoveryKeys } from './discovery-keys.tsx';
import { MachineCard } from './machine-card.tsx';
import { Section } from './parts/section.tsx';
import { WithSymbol } from './parts/verdict-mark.tsx';
import { shortUnit } from '../../record/unit-name.ts';

/** Each snapshot as a column: the machines with their units, what has no machine, and the discovery keys. */
export function Topology({ snapshots }: { readonly snapshots: readonly ClusterSnapshot[] }) {
  const rows = Math.max(...snapshots.map(({ machines }) => machines.length)) + 3;
  return (
    <Section id="machines" title="The machines">
      <div className="snapshots" style={{ '--rows': rows } as CSSProperties}>
        {snapshots.map((snapshot, index) => (
          <Snapshot key={index} snapshot={snapshot} previous={snapshots[index - 1]} />
        ))}
      </div>
    </Section>
  );
}

interface SnapshotProps {
  readonly snapshot: ClusterSnapshot;
  readonly previous: ClusterSnapshot | undefined;
}

function Snapshot({ snapshot, previous }: SnapshotProps) {
  return (
    <article className="snapshot">
      <h3>
        {snapshot.label} <span className="muted">at {hundredths(snapshot.atMs)}</span>
      </h3>
      {snapshot.machines.map((machine, index) => (
        <MachineCard key={index} machine={machine} hue={index % 5} snapshot={snapshot} previous={previous} />
      ))}
      <Homeless units={snapshot.units.filter(({ states, target }) => states.length === 0 && target === undefined)} />
      <DiscoveryKeys keys={snapshot.keys} before={previous?.keys} />
    </article>
  );
}

/** Without such units it still takes its row, so that the columns line up. */
function Homeless({ units }: { readonly units: ClusterSnapshot['units'] }) {
  if (units.length === 0) return <div className="homeless" />;
  return (
    <div className="homeless">
      <h4>No machine for</h4>
      <ul className="units">
        {units.map(({ name, reason }, index) => (
          <li key={index} className="unit lost">
            <span>
              <WithSymbol symbol="○">{shortUnit(name)}</WithSymbol>
            </span>
            {reason !== undefined && <small>{reason}</small>}
          </li>
        ))}
      </ul>
    </div>
  );
}
