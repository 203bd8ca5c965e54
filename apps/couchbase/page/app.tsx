import useSWR, { SWRConfig } from 'swr';
import type { RestError } from './rest/ask.ts';
import { restSettings, useRest } from './rest/use-rest.ts';
import { paths } from './rest/paths.ts';
import type { Pool, Pools } from './rest/shapes.ts';
import { SetUp } from './session/set-up.tsx';
import { SignIn } from './session/sign-in.tsx';
import { Console } from './shell/console.tsx';

/** The whole console: a node that is not set up, the way in, or what is behind it. */
export function App() {
  return (
    <SWRConfig value={restSettings}>
      <Doors />
    </SWRConfig>
  );
}

function Doors() {
  const pools = useRest<Pools>(paths.pools, 2000);
  const isSetUp = (pools.data?.pools.length ?? 0) > 0;
  // Also while nobody looks: a session ends when nothing is asked for ten minutes.
  const pool = useSWR<Pool, RestError>(isSetUp ? paths.pool : null, { refreshInterval: 2000, refreshWhenHidden: true });
  if (pools.data === undefined) {
    return <p className="splash">{pools.error ? 'The server does not answer; trying again.' : 'Loading …'}</p>;
  }
  if (!isSetUp) return <SetUp onDone={() => void pools.mutate()} />;
  if (pool.error?.status === 401) return <SignIn server={pools.data} onDone={() => pool.mutate()} />;
  if (pool.data === undefined) return <p className="splash">Loading …</p>;
  const isLost = pools.error !== undefined && pools.error.status !== 401;
  return <Console server={pools.data} pool={pool.data} isLost={isLost} onSignOut={() => void pool.mutate()} />;
}
