import { useEffect, useState } from 'react';
import type { Transport } from './transport-order.ts';

/** Whether the page hears its server, by what (as the tooltip), and whether attempts to reach it fail. */
export function ConnectionState({
  connected,
  transport,
  failures,
  known,
}: {
  connected: boolean;
  transport: Transport | undefined;
  failures: number;
  known: boolean;
}) {
  return (
    <p
      className={`state ${connected ? 'live' : 'waiting'}`}
      role="status"
      title={transport && `by ${transport === 'websocket' ? 'WebSocket' : 'long polling'}`}
    >
      <span className="dot" aria-hidden="true" />
      {connected ? 'Live' : waiting(known, failures)}
    </p>
  );
}

function waiting(known: boolean, failures: number): string {
  if (known) return 'Reconnecting';
  return failures === 0 ? 'Connecting' : 'Not reached, trying again';
}

/** `N s ago`, counting while nothing comes; marked when three periods went by without an update. */
export function LastUpdate({ at, periodMs }: { at: number | undefined; periodMs: number }) {
  const now = useNow();
  if (at === undefined) return <>–</>;
  const seconds = Math.max(0, Math.floor((now - at) / 1000));
  const stale = now - at > 3 * periodMs;
  return <span className={stale ? 'stale' : ''}>{seconds < 1 ? 'just now' : `${age(seconds)} ago`}</span>;
}

function age(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`;
}

function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 500);
    return () => window.clearInterval(timer);
  }, []);
  return now;
}
