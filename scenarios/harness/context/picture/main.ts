import { chromium } from 'playwright-core';

const deadlineMs = 20_000;

/** A process of its own: a browser and its driver keep a CPU busy for seconds, which would stop a run's clock. argv: URL, file. */
async function main([url, file, executablePath]: readonly string[]): Promise<void> {
  if (url === undefined || file === undefined || executablePath === undefined)
    throw new Error('wants the URL of a page, a file and a browser');
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'], timeout: deadlineMs });
  try {
    const page = await browser.newPage({ viewport: { width: 1000, height: 760 } });
    await page.goto(url, { timeout: deadlineMs });
    await page.locator('ol.rows li').first().waitFor({ timeout: deadlineMs });
    await page.screenshot({ path: file });
  } finally {
    await browser.close();
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
  process.exitCode = 1;
});
