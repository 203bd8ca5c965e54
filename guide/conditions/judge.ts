import type { StepCondition } from '../form/condition-form.ts';
import { homeOf, type Observed } from './observed.ts';

type Of<Name extends StepCondition['condition']> = Extract<StepCondition, { condition: Name }>;

/** What is missing for a condition to hold, in one line; undefined when it holds. Pure. */
export function missingOf(one: StepCondition, seen: Observed): string | undefined {
  switch (one.condition) {
    case 'machines-ready':
      return notReady(one, seen);
    case 'machine-stopped':
      return notStopped(one.machine, seen);
    case 'quorum-lost':
      return quorumLeft(seen);
    case 'units-active':
      return notActive(one, seen);
    case 'units-on-one-machine':
      return apart(one.units, seen);
    case 'units-on-different-machines':
      return together(one.units, seen);
    case 'unit-moved':
      return notMoved(one, seen);
    case 'unit-restarted':
      return notRestarted(one, seen);
    case 'etcd-key':
      return keyMissing(one, seen);
    case 'etcd-key-gone':
      return keyLeft(one.key, seen);
    case 'etcd-member-replaced':
      return memberKept(one, seen);
    case 'image-in-registry':
      return seen.images[one.image] === true ? undefined : `the lab's registry has no ${one.image}`;
    case 'couchbase-bucket':
      return bucketMissing(one, seen);
    case 'page-serves-rows':
      return pagesMissing(one, seen);
  }
}

const unitsUnknown = 'fleet does not answer, so it is not known what runs';
const keysUnknown = 'etcd does not answer, so it is not known which keys there are';

function notReady({ machines }: Of<'machines-ready'>, seen: Observed): string | undefined {
  const wanted = machines ?? seen.machines.map(({ name }) => name);
  if (wanted.length === 0) return 'the lab has no machine';
  const lacking = wanted.flatMap((name) => {
    const found = seen.machines.find((machine) => machine.name === name);
    if (found === undefined) return [`the lab has no ${name}`];
    if (found.state !== 'running') return [`${name} is ${found.state}`];
    if (found.etcd !== 'healthy') return [`etcd on ${name} has no quorum yet`];
    return found.fleet === 'present' ? [] : [`fleet does not list ${name} yet`];
  });
  return lacking.length === 0 ? undefined : lacking.join('; ');
}

function notStopped(name: string, seen: Observed): string | undefined {
  const found = seen.machines.find((machine) => machine.name === name);
  if (found === undefined) return `the lab has no ${name}`;
  return found.state === 'stopped' ? undefined : `${name} is ${found.state}`;
}

function quorumLeft({ machines }: Observed): string | undefined {
  const running = machines.filter(({ state }) => state === 'running');
  if (running.length === 0) return 'no machine runs: that is more than a lost quorum';
  const healthy = running.find(({ etcd }) => etcd === 'healthy');
  return healthy === undefined ? undefined : `etcd on ${healthy.name} has a quorum behind it`;
}

function notActive({ units, exactly = units.length }: Of<'units-active'>, seen: Observed): string | undefined {
  if (seen.units === undefined) return unitsUnknown;
  const waiting = units.filter((unit) => homeOf(seen, unit) === undefined);
  const running = units.length - waiting.length;
  if (running === exactly) return undefined;
  if (running > exactly) return `${running} of ${units.length} run, and it should be ${exactly}`;
  const some = exactly < units.length ? `, and it should be ${exactly}` : '';
  return `${running} of ${units.length} run${some}; not: ${waiting.join(', ')}`;
}

function apart(units: readonly string[], seen: Observed): string | undefined {
  return placed(units, seen, (homes) =>
    new Set(Object.values(homes)).size === 1 ? undefined : `not on one machine: ${listed(homes)}`,
  );
}

function together(units: readonly string[], seen: Observed): string | undefined {
  return placed(units, seen, (homes) =>
    new Set(Object.values(homes)).size === units.length ? undefined : `two on one machine: ${listed(homes)}`,
  );
}

function placed(
  units: readonly string[],
  seen: Observed,
  judge: (homes: Readonly<Record<string, string>>) => string | undefined,
): string | undefined {
  if (seen.units === undefined) return unitsUnknown;
  const homes: Record<string, string> = {};
  for (const unit of units) {
    const home = homeOf(seen, unit);
    if (home === undefined) return `${unit} does not run`;
    homes[unit] = home;
  }
  return judge(homes);
}

function listed(homes: Readonly<Record<string, string>>): string {
  return Object.entries(homes)
    .map(([unit, home]) => `${unit} on ${home}`)
    .join(', ');
}

function notMoved({ unit, from }: Of<'unit-moved'>, seen: Observed): string | undefined {
  if (seen.units === undefined) return unitsUnknown;
  const home = homeOf(seen, unit);
  if (home === undefined) return `${unit} does not run`;
  return home === from ? `${unit} still runs on ${from}` : undefined;
}

function notRestarted({ unit, before }: Of<'unit-restarted'>, seen: Observed): string | undefined {
  const now = seen.systemd[unit];
  if (now === undefined) return `${unit} is on no machine that answers`;
  if (now.start === before) return `${unit} on ${now.machine} has not been started anew`;
  return now.state === 'active/running' ? undefined : `${unit} on ${now.machine} is ${now.state}`;
}

function keyMissing({ key, not }: Of<'etcd-key'>, { keys }: Observed): string | undefined {
  if (keys === undefined) return keysUnknown;
  const value = keys[key];
  if (value === undefined) return `etcd has no ${key}`;
  return value === not ? `${key} still says ${value}` : undefined;
}

function keyLeft(key: string, { keys }: Observed): string | undefined {
  if (keys === undefined) return keysUnknown;
  return keys[key] === undefined ? undefined : `etcd has ${key} = ${keys[key]}`;
}

function memberKept({ machine, before }: Of<'etcd-member-replaced'>, { members }: Observed): string | undefined {
  const now = members[machine];
  if (now === undefined) return `etcd on ${machine} does not answer`;
  return now === before ? `etcd on ${machine} is still member ${now}: its disk is the old one` : undefined;
}

function bucketMissing({ unit, bucket, documents = 0 }: Of<'couchbase-bucket'>, seen: Observed): string | undefined {
  const buckets = seen.buckets[unit];
  if (buckets === undefined) return `the Couchbase of ${unit} does not answer`;
  const stored = buckets[bucket];
  if (stored === undefined) return `Couchbase has no bucket ${bucket} yet`;
  return stored >= documents ? undefined : `${stored} documents in ${bucket}, and it should be ${documents} at least`;
}

function pagesMissing({ machines, pages }: Of<'page-serves-rows'>, seen: Observed): string | undefined {
  const asked = machines ?? seen.machines.map(({ name }) => name);
  const wanted = machines?.length ?? pages ?? asked.length;
  const without = asked.flatMap((name) => {
    const page = seen.pages[name];
    if (page === undefined) return [`${name}: not asked, it does not run`];
    if ('trouble' in page) return [`${name}: ${page.trouble}`];
    return page.rows > 0 ? [] : [`${name}: no row`];
  });
  const good = asked.length - without.length;
  return good >= wanted && wanted > 0 ? undefined : `rows on ${good} of ${wanted} pages; ${without.join('; ')}`;
}
