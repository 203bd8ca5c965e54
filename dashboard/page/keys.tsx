import { statedSeconds } from '#errors/seconds.ts';
import { type Left, leftOfKey } from '../moment/left.ts';
import type { Moment } from '../moment/moment.ts';
import { Panel } from './parts/panel.tsx';

/** The discovery keys with what is left of their time. */
export function Keys({ moment }: { readonly moment: Moment }) {
  const { keys, ttls } = moment;
  return (
    <Panel title="Discovery keys" note={keys.length === 0 ? undefined : `${keys.length} below /services`}>
      {keys.length === 0 ? (
        <p className="none">No sidekick has announced anything.</p>
      ) : (
        <table className="keys">
          <thead>
            <tr>
              <th scope="col">key</th>
              <th scope="col">address</th>
              <th scope="col">lives on for</th>
            </tr>
          </thead>
          <tbody>
            {keys.map((key) => (
              <tr key={key.key}>
                <th scope="row">{key.key.replace(/^\/services\//, '')}</th>
                <td>
                  <code>{key.value}</code>
                </td>
                <td>
                  <Runout left={leftOfKey(key, moment)} otherwise={renewed(ttls[key.key])} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

/** A bar that runs out, and the seconds. */
export function Runout({ left, otherwise }: { readonly left: Left | undefined; readonly otherwise: string }) {
  if (left === undefined) return <span className="soft">{otherwise}</span>;
  const share = Math.min(1, left.ms / Math.max(1, left.ofMs));
  return (
    <span className={`runout ${share < 0.25 ? 'short' : ''}`}>
      <span className="bar" aria-hidden="true">
        <span style={{ width: `${share * 100}%` }} />
      </span>
      <span className="figure">
        {left.atMost ? 'at most ' : ''}
        {Math.ceil(left.ms / 1_000)} s
      </span>
    </span>
  );
}

/** Nobody asked etcd, or it has no lease. */
function renewed(ttlMs: number | undefined): string {
  return ttlMs === undefined ? 'not known' : `${statedSeconds(ttlMs)}, renewed`;
}
