import { useState } from 'react';
import type { Moment } from '../moment/moment.ts';
import type { Hello } from '../server/protocol.ts';
import { ask } from './parts/ask.ts';
import { Panel } from './parts/panel.tsx';
import type { Link } from './parts/use-story.ts';

/** Starts a scenario, with its own parameters' defaults, and shows how far it is. */
export function Scenarios(props: {
  readonly scenarios: Hello['scenarios'];
  readonly moment: Moment;
  readonly link: Link | undefined;
}) {
  const { scenarios, moment, link } = props;
  const [name, setName] = useState(scenarios.find((one) => one.name === 'failover')?.name ?? scenarios[0]?.name ?? '');
  const [error, setError] = useState<string>();
  const runs = moment.scenario !== undefined && moment.verdict === undefined;
  const asked = async (what: 'scenario' | 'endScenario'): Promise<void> => {
    const answer = what === 'scenario' ? await ask(link, what, { name }) : await ask(link, what, {});
    setError(answer.ok ? undefined : answer.error);
  };
  return (
    <Panel title="Scenarios" note="each undoes what it did">
      {runs ? (
        <p>
          <strong>{moment.scenario}</strong> runs{moment.phase !== undefined && `: ${moment.phase}`}.{' '}
          <button type="button" disabled={link === undefined} onClick={() => void asked('endScenario')}>
            End it
          </button>
        </p>
      ) : (
        <div className="scenarios">
          <select aria-label="Scenario" value={name} onChange={(event) => setName(event.target.value)}>
            {scenarios.map((one) => (
              <option key={one.name}>{one.name}</option>
            ))}
          </select>
          <button type="button" disabled={link === undefined} onClick={() => void asked('scenario')}>
            Start
          </button>
          <p className="soft">{scenarios.find((one) => one.name === name)?.summary}</p>
        </div>
      )}
      {error !== undefined && <p role="alert">{error}</p>}
    </Panel>
  );
}
