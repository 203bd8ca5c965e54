import type { ClusterSnapshot } from '../../record/run-report.ts';
import { shortKey } from './parts/words.ts';

type Keys = ClusterSnapshot['keys'];

/** The discovery keys of a snapshot, and which of them differ from the snapshot before. */
export function DiscoveryKeys({ keys, before }: { readonly keys: Keys; readonly before: Keys | undefined }) {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(keys)])].sort();
  if (names.length === 0) return <div className="keys" />;
  return (
    <div className="keys">
      <h4>Discovery keys</h4>
      <table>
        <tbody>
          {names.map((name) => (
            <Key
              key={name}
              name={name}
              value={keys[name]}
              changed={before !== undefined && before[name] !== keys[name]}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Key(props: { readonly name: string; readonly value: string | undefined; readonly changed: boolean }) {
  const { name, value, changed } = props;
  return (
    <tr className={changed ? 'changed' : undefined}>
      <th scope="row">{shortKey(name)}</th>
      <td>
        {value ?? 'gone'}
        {changed && value !== undefined && (
          <>
            {' '}
            <small className="new">changed</small>
          </>
        )}
      </td>
    </tr>
  );
}
