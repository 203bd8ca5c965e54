import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The page of `lab dashboard`: page/ to dist/dashboard/ of the checkout, served below a token (server/serve.ts). */
export default defineConfig({
  root: join(import.meta.dirname, 'page'),
  base: './',
  plugins: [react()],
  build: {
    outDir: join(import.meta.dirname, '../dist/dashboard'),
    emptyOutDir: true,
    target: 'es2023',
    // Colours are written as light-dark(); the browsers of the lab's years know it.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // The policy of the page lets no data: address in but pictures.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // How long each plugin took is nothing that whoever builds can mend.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
});
