import { useEffect, useState } from 'react';

/** This browser's clock, ms since the epoch, every so often; while `runs` is false it stands still. */
export function useNow(everyMs: number, runs: boolean): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!runs) return undefined;
    setNow(Date.now());
    const timer = window.setInterval(() => setNow(Date.now()), everyMs);
    return () => window.clearInterval(timer);
  }, [everyMs, runs]);
  return now;
}
