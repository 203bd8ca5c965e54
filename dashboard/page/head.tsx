import type { Moment } from '../moment/moment.ts';
import type { Heard } from './parts/use-story.ts';

/** Which lab or run this is, whether it is heard, and what goes on in it. */
export function Head({ heard, moment }: { readonly heard: Heard; readonly moment: Moment }) {
  const { hello, connected } = heard;
  const live = hello?.mode === 'live';
  return (
    <header className="head">
      <div>
        <p className="overline">{live ? 'lab dashboard' : 'lab dashboard, a recorded run'}</p>
        <h1>{hello?.title}</h1>
      </div>
      <p className="goings-on">
        {moment.scenario !== undefined && (
          <span className="pill">
            scenario {moment.scenario}
            {moment.phase !== undefined && `: ${moment.phase}`}
          </span>
        )}
        {moment.faults.map(({ id, name }) => (
          <span key={id} className="pill fault">
            ⚡ {name}
          </span>
        ))}
        {moment.verdict !== undefined && (
          <span className={`pill ${moment.verdict.verdict}`}>{moment.verdict.verdict}</span>
        )}
      </p>
      <p className={`state ${connected ? 'heard' : 'unheard'}`} role="status">
        <span className="dot" aria-hidden="true" />
        {connected ? (live ? 'Live' : 'Recorded') : 'The dashboard does not answer; trying again'}
      </p>
      {live && <Trouble moment={moment} />}
      {hello?.sentence !== undefined && <p className="sentence">{hello.sentence}</p>}
    </header>
  );
}

/** What keeps the page from showing a lab, and what to do. */
function Trouble({ moment }: { readonly moment: Moment }) {
  const { lab, unseen } = moment;
  const words =
    lab.state === 'gone'
      ? `Lab ${lab.name} is destroyed. This page goes on at the next lab up.`
      : lab.state === 'down'
        ? `Lab ${lab.name} is down: its machines do not run. This page goes on at the next lab up.`
        : unseen === undefined
          ? undefined
          : `What fleet and etcd say is as old as their last answer: ${unseen}`;
  return words === undefined ? null : (
    <p className="trouble" role="alert">
      {words}
    </p>
  );
}
