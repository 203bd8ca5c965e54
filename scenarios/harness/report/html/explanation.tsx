import { Section } from './parts/section.tsx';

const words: readonly (readonly [string, string])[] = [
  ['machine', 'One of the servers of the cluster, core-01, core-02, …, each with its own systemd, Docker and disk.'],
  [
    'unit',
    'A service that fleet runs on one of the machines, described by a systemd unit file; here mostly a container.',
  ],
  ['fleet', 'The scheduler: it decides which machine runs which unit, and decides anew when a machine goes away.'],
  ['engine', 'The one fleet process that takes the decisions at a time; the other machines stand by to take over.'],
  [
    'etcd',
    'The small replicated store that fleet and the services keep their facts in. ' +
      'It works while a majority of its members (the quorum) can talk.',
  ],
  [
    'lease',
    'A fact in etcd that vanishes by itself unless its owner keeps renewing it. ' +
      'A machine or service that falls silent is thereby noticed.',
  ],
  ['sidekick', 'A unit beside a service, on the same machine, that keeps the service’s address under a discovery key.'],
  [
    'discovery key',
    'Where the others find a service, e.g. /services/couchbase/1: its present address, held by a lease.',
  ],
  ['probe', 'A visitor or client that asks something about 20 times a second all through the run.'],
  ['invariant', 'Something that must hold at every moment of any run; checked over everything that was recorded.'],
];

/** What a reader needs who never saw the stack. */
export function Explanation() {
  return (
    <Section id="what" title="What you are looking at">
      <p className="prose">
        A small cluster runs a web page that shows RSVPs to meetings as they come in. A <em>worker</em> writes the
        stream into <em>Couchbase</em>, up to three <em>web</em> instances read it and push new rows to browsers
        {', and '}
        <em>memcached</em> keeps the visitors’ sessions. fleet spreads these units over the machines; sidekicks publish
        where each service can be found, and the web and worker units restart themselves when an address changes. The
        scenario does something to this cluster and measures what follows.
      </p>
      <details>
        <summary>The words used here</summary>
        <dl className="words">
          {words.map(([word, meaning]) => (
            <div key={word}>
              <dt>{word}</dt>
              <dd>{meaning}</dd>
            </div>
          ))}
        </dl>
      </details>
    </Section>
  );
}
