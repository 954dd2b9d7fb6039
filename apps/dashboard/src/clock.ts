/** The one place of the dashboard where time comes from. */
import { useEffect, useState } from 'react';

export function nowMs(): number {
  return Date.now();
}

/** The time, anew every `everyMs`. */
export function useNow(everyMs = 1000): number {
  const [now, setNow] = useState(nowMs);
  useEffect(() => {
    const timer = setInterval(() => setNow(nowMs()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
