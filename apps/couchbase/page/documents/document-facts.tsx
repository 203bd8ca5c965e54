import { timeOfDay } from '../parts/format.ts';
import type { Opened } from './stored.ts';

/** What the server keeps beside a value. */
export function DocumentFacts({ opened }: { opened: Opened }) {
  const { rev, flags, expiration } = opened.meta;
  const cas = /^\d+-([0-9a-f]{16})/u.exec(rev)?.[1];
  return (
    <dl className="facts">
      <div>
        <dt>CAS</dt>
        <dd>{cas === undefined ? '–' : BigInt(`0x${cas}`).toString()}</dd>
      </div>
      <div>
        <dt>Flags</dt>
        <dd>0x{flags.toString(16).padStart(8, '0')}</dd>
      </div>
      <div>
        <dt>Expires</dt>
        <dd>{expiration === 0 ? 'never' : expiryTime(expiration)}</dd>
      </div>
      <div>
        <dt>Revision</dt>
        <dd title={rev}>{rev}</dd>
      </div>
    </dl>
  );
}

function expiryTime(seconds: number): string {
  return `${new Date(seconds * 1000).toLocaleDateString('en-GB')} ${timeOfDay(seconds * 1000)}`;
}
