import { useEffect, useState } from 'react';

/** As the system has it, or as this person wants it here. */
export type Theme = 'system' | 'light' | 'dark';

const place = 'couchbase-console-theme';

/** The theme that is chosen, kept in this browser, and how to choose another. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(remembered);
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
    localStorage.setItem(place, theme);
  }, [theme]);
  return [theme, setTheme];
}

function remembered(): Theme {
  const kept = localStorage.getItem(place);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}
