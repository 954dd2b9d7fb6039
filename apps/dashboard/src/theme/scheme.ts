/** Dark or light: chosen here or the system's. `public/scheme.js` does the same before the first paint. */
import { type MantineColorScheme, type MantineColorSchemeManager, isMantineColorScheme } from '@mantine/core';

const KEPT = 'keyledger scheme';

export const schemeManager: MantineColorSchemeManager = {
  get: (preset: MantineColorScheme) => {
    const kept = localStorage.getItem(KEPT);
    return isMantineColorScheme(kept) ? kept : preset;
  },
  set: (scheme) => localStorage.setItem(KEPT, scheme),
  subscribe: () => undefined,
  unsubscribe: () => undefined,
  clear: () => localStorage.removeItem(KEPT),
};
