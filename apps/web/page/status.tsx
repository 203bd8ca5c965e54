import { useEffect, useState } from 'react';

/** Whether the page hears its server. */
export function ConnectionState({ connected, known }: { connected: boolean; known: boolean }) {
  const text = connected ? 'Live' : known ? 'Reconnecting' : 'Connecting';
  return (
    <p className={`state ${connected ? 'live' : 'waiting'}`} role="status">
      <span className="dot" aria-hidden="true" />
      {text}
    </p>
  );
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
