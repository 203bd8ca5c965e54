import type Axe from 'axe-core';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { build } from 'vite';
import { bundleViews } from './bundles.ts';

const executablePath = '/usr/bin/chromium';
const configFile = join(import.meta.dirname, '../../../../../apps/couchbase/vite.config.ts');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The console's page as it is built, what runs views, and a browser. */
export interface ConsoleStage {
  readonly page: string;
  readonly views: string;
  readonly browser: Browser;
  end(): Promise<void>;
}

export async function consoleStage(): Promise<ConsoleStage> {
  if (!existsSync(executablePath)) throw new Error(`${executablePath} is missing: apt-get install chromium`);
  const page = await mkdtemp(join(tmpdir(), 'couchbase-page-'));
  await build({ configFile, logLevel: 'error', build: { outDir: page, emptyOutDir: false } });
  const views = await bundleViews();
  const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
  return {
    page,
    views: views.path,
    browser,
    end: async () => {
      await browser.close();
      await views.remove();
      await rm(page, { recursive: true });
    },
  };
}

/** Fills in the sign-in page. */
export async function signIn(page: Page, password = 'Password1'): Promise<void> {
  await page.getByLabel('User name').fill('Administrator');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Goes to a place of the console, which is its own address behind `#`. */
export async function goTo(page: Page, hash: string, heading: string): Promise<void> {
  await page.evaluate((wanted) => void (window.location.hash = wanted), hash);
  await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
}

/** What axe finds wrong with the page as it is (WCAG 2.2 A and AA, and its own good practices): rule and place. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof Axe }).axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary ?? ''}`),
    );
  });
}
