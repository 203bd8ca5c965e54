import { useSyncExternalStore } from 'react';

/** Which colours the page has now: changes with the system's and with the choice in the header. */
export function useColorScheme(): string {
  return useSyncExternalStore(subscribe, () => {
    const chosen = document.documentElement.dataset['theme'];
    if (chosen === 'light' || chosen === 'dark') return chosen;
    return systemIsDark().matches ? 'dark' : 'light';
  });
}

function systemIsDark(): MediaQueryList {
  return window.matchMedia('(prefers-color-scheme: dark)');
}

function subscribe(changed: () => void): () => void {
  const system = systemIsDark();
  const choice = new MutationObserver(changed);
  system.addEventListener('change', changed);
  choice.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => {
    system.removeEventListener('change', changed);
    choice.disconnect();
  };
}
