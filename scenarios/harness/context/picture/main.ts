import { chromium } from 'playwright-core';

/** A process of its own: a browser and its driver keep a CPU busy for seconds, which would stop a run's clock. argv: URL, file, browser, ms for each step. */
async function main([url, file, executablePath, ms]: readonly string[]): Promise<void> {
  if (url === undefined || file === undefined || executablePath === undefined || ms === undefined)
    throw new Error('wants the URL of a page, a file, a browser and ms for each step');
  const timeout = Number(ms);
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'], timeout });
  try {
    const page = await browser.newPage({ viewport: { width: 1000, height: 760 } });
    await page.goto(url, { timeout });
    await page.locator('ol.rows li').first().waitFor({ timeout });
    await page.screenshot({ path: file });
  } finally {
    await browser.close();
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
  process.exitCode = 1;
});
