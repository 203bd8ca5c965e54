import type { Moment } from '../moment/moment.ts';
import { Panel } from './parts/panel.tsx';
import { shortUnit } from '../moment/unit-parts.ts';
import { useClock } from './parts/words.ts';

/** What fleet's engine decided, and why; the newest first. */
export function Decisions({ decisions }: Pick<Moment, 'decisions'>) {
  const clock = useClock();
  return (
    <Panel title="The engine's decisions" note="as fleetctl why tells them">
      {decisions.length === 0 ? (
        <p className="none">None was seen.</p>
      ) : (
        <ol className="decisions scrolls" tabIndex={0} aria-label="Decisions, newest first">
          {decisions.map(({ atMs, kind, unit, from, to, reason, engine }, index) => (
            <li key={decisions.length - index} className={kind}>
              <p>
                <time>{clock(atMs)}</time> <strong>{shortUnit(unit)}</strong> {from === undefined ? '' : `${from} `}→{' '}
                {to ?? 'no machine'}
                {engine !== undefined && <small> by {engine}</small>}
              </p>
              <p className="reason">{reason}</p>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}
