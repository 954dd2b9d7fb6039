/** How the dashboard is built: one folder of files with a hash in their names, no inline script, no foreign origin. */
import { type Plugin, defineConfig } from 'vite';

const PAGES = ['index.html', 'explorer.html'];

/** GraphiQL brings its letters inside its style, where the policy lets no font in: the explorer has ours. */
const withoutFonts: Plugin = {
  name: 'without-fonts',
  enforce: 'pre',
  transform: (code, id) => (/graphiql.*\.css$/.test(id) ? code.replace(/@font-face\s*\{[^}]*\}/g, '') : undefined),
};

const config = defineConfig({
  plugins: [withoutFonts],
  root: import.meta.dirname,
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2024',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: { input: PAGES.map((page) => `${import.meta.dirname}/${page}`) },
  },
});

// eslint-disable-next-line no-restricted-syntax -- Vite takes the default export alone
export default config;
