import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The page: page/ to dist/page/, served by web.cjs beside it. */
export default defineConfig({
  root: join(import.meta.dirname, 'page'),
  plugins: [react()],
  build: {
    outDir: join(import.meta.dirname, 'dist/page'),
    emptyOutDir: true,
    target: 'es2022',
    // How long each plugin took is nothing that whoever builds can mend.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
});
