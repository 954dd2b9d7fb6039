/** How the dashboard is built: one folder of files with a hash in their names, no inline script, no foreign origin. */
import { defineConfig } from 'vite';

const config = defineConfig({
  root: import.meta.dirname,
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2024',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});

// eslint-disable-next-line no-restricted-syntax -- Vite takes the default export alone
export default config;
