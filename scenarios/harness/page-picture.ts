import { existsSync } from 'node:fs';

const browser = '/usr/bin/chromium';
const deadlineMs = 20_000;

/**
 * A picture of a page in a real browser.
 * @returns `taken`, or why there is none: a run is not worse for the lack of a picture
 */
export async function pagePicture(url: string, file: string): Promise<string> {
  if (!existsSync(browser)) return 'Debian package chromium is not installed';
  // Only a run that takes a picture pays for loading this.
  const { chromium } = await import('playwright-core');
  const running = await chromium.launch({ executablePath: browser, args: ['--no-sandbox'], timeout: deadlineMs });
  try {
    const page = await running.newPage({ viewport: { width: 1000, height: 760 } });
    await page.goto(url, { timeout: deadlineMs });
    await page.locator('tbody tr').first().waitFor({ timeout: deadlineMs });
    await page.screenshot({ path: file });
    return 'taken';
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  } finally {
    await running.close();
  }
}
