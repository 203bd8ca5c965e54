import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { build } from 'vite';

const executablePath = '/usr/bin/chromium';
const configFile = join(import.meta.dirname, '../../../dashboard/vite.config.ts');

/** The dashboard's page as it is built, and a browser. */
export interface PageStage {
  readonly pageDir: string;
  readonly browser: Browser;
  end(): Promise<void>;
}

export async function pageStage(): Promise<PageStage> {
  if (!existsSync(executablePath)) throw new Error(`${executablePath} is missing: apt-get install chromium`);
  const pageDir = await mkdtemp(join(tmpdir(), 'dashboard-page-'));
  await build({ configFile, logLevel: 'error', build: { outDir: pageDir, emptyOutDir: false } });
  const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
  return {
    pageDir,
    browser,
    end: async () => {
      await browser.close();
      await rm(pageDir, { recursive: true });
    },
  };
}
