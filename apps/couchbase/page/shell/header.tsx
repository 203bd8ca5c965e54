import { duration } from '../parts/format.ts';
import { ask } from '../rest/ask.ts';
import type { Pool, Pools } from '../rest/shapes.ts';
import { Mark } from '../session/door.tsx';
import { hrefOf } from './route.ts';
import { useTheme, type Theme } from './use-theme.ts';

const themes: readonly { readonly theme: Theme; readonly label: string }[] = [
  { theme: 'system', label: 'System' },
  { theme: 'light', label: 'Light' },
  { theme: 'dark', label: 'Dark' },
];

/** Which server this is and how it is, how it looks here, and the way out. @param props.isLost it does not answer: what `pool` says is from before */
export function Header(props: { server: Pools; pool: Pool; isLost: boolean; onSignOut: () => void }) {
  const { server, pool, isLost, onSignOut } = props;
  const [theme, setTheme] = useTheme();
  const [node] = pool.nodes;
  const signOut = async () => {
    // A session that is over already is no reason to stay.
    await ask('/uilogout', { method: 'POST' }).catch(() => undefined);
    onSignOut();
  };
  return (
    <header className="top">
      <a className="brand" href={hrefOf({ page: 'overview' })} title={server.product}>
        <Mark /> Couchbase <small>embedded</small>
      </a>
      {node && (
        <p className={`node ${isLost ? 'lost' : node.status}`}>
          <span className="dot" aria-hidden="true" />
          <span className="host">{node.hostname}</span>
          <span className="more">
            {isLost ? 'does not answer' : `${node.status}, up ${duration(Number(node.uptime))}`}
          </span>
        </p>
      )}
      <label className="theme">
        <span className="visually-hidden">Theme</span>
        <select value={theme} onChange={(event) => setTheme(event.target.value as Theme)}>
          {themes.map((one) => (
            <option key={one.theme} value={one.theme}>
              {one.label}
            </option>
          ))}
        </select>
      </label>
      <button type="button" className="quiet" onClick={() => void signOut()}>
        Sign out
      </button>
    </header>
  );
}
