import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contents } from '#site/contents.ts';
import { gather } from '#site/gather.ts';
import { LabCli } from '../cli/lab-process.ts';

const root = join(import.meta.dirname, '../../..');
const executablePath = '/usr/bin/chromium';
/** Chromium and a launcher that may have to build, on a host that has much else to do. */
const patience = 300_000;

describe('lab docs', { timeout: patience }, () => {
  const lab = new LabCli();
  const dir = join(lab.dir, 'the site');
  const index = join(dir, 'index.html');
  let files: string[];

  beforeAll(async () => {
    await lab.build();
    const made = await lab.run('docs', '--to', dir, '--json');
    expect({ ...made, stdout: '' }).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    files = (await readdir(dir, { recursive: true })).filter((name) => name.endsWith('.html'));
    expect(JSON.parse(made.stdout)).toEqual({ dir, index, pages: files.length });
  }, patience);
  afterAll(() => lab.remove());

  it('has every page of its contents', () => {
    expect(contents.flatMap(({ sources }) => sources).length).toBeGreaterThan(15);
    expect(files).toEqual(
      expect.arrayContaining([
        'index.html',
        'docs/quick-start.html',
        'docs/cookbook.html',
        'guide/chapter/09-quorum.html',
      ]),
    );
  });

  it('leads nowhere that is not there, and loads nothing from elsewhere', async () => {
    const texts = new Map(
      await Promise.all(files.map(async (name) => [join(dir, name), await readFile(join(dir, name), 'utf8')] as const)),
    );
    const wrong: string[] = [];
    for (const [file, text] of texts) {
      for (const [, tag, address = ''] of text.matchAll(/<(a|img|link|script)\b[^>]*?(?:href|src)="([^"]*)"/g)) {
        if (tag === 'a' && /^[a-z]+:/.test(address)) continue;
        const [path = '', heading] = address.split('#');
        const to = path === '' ? file : resolve(dirname(file), decodeURIComponent(path));
        const there = texts.get(to);
        const found =
          heading === undefined ? existsSync(to) : there?.includes(`id="${decodeURIComponent(heading)}"`) === true;
        if (!found) wrong.push(`${relative(dir, file)}: ${address}`);
      }
    }
    expect(texts.size).toBeGreaterThan(100);
    expect(wrong).toEqual([]);
  });

  it('writes nothing among files that are there', async () => {
    const kept = join(lab.dir, 'mine');
    await mkdir(kept);
    await writeFile(join(kept, 'index.html'), 'mine');
    const { exitCode, stderr } = await lab.run('docs', '--to', kept);
    expect([exitCode, stderr]).toEqual([74, expect.stringContaining('state.docs-directory')]);
    expect(await readdir(kept)).toEqual(['index.html']);
    expect((await lab.run('docs', '--to', join(kept, 'index.html'))).stderr).toContain('state.docs-directory');
  });

  it('takes an empty directory by a link, and names one that cannot be written', async () => {
    await mkdir(join(lab.dir, 'empty'));
    await symlink('empty', join(lab.dir, 'link'));
    const { exitCode, stdout } = await lab.run('docs', '--to', join(lab.dir, 'link'), '--json');
    expect([exitCode, (JSON.parse(stdout) as { dir: string }).dir]).toEqual([
      0,
      join(await realpath(lab.dir), 'empty'),
    ]);
    const refused = await lab.run('docs', '--to', '/proc/nowhere/site');
    expect([refused.exitCode, refused.stderr]).toEqual([69, expect.stringContaining('host.docs')]);
    expect((await readdir(lab.dir)).filter((name) => name.startsWith('.lab-docs-'))).toEqual([]);
  });

  it('makes anew what somebody has damaged, and prints an address that a browser takes', async () => {
    const first = JSON.parse((await lab.run('docs', '--json')).stdout) as { index: string };
    await rm(first.index);
    const again = await lab.run('docs');
    expect(existsSync(first.index)).toBe(true);
    expect(again.stdout).toContain(pathToFileURL(first.index).href);
  });

  describe.skipIf(!existsSync(executablePath))('in a browser, from the disk', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
    }, patience);
    afterAll(() => browser?.close());

    it.each([1440, 390])('fits %i pixels', async (width) => {
      const page = await browser.newPage({ viewport: { width, height: 900 } });
      const wide: string[] = [];
      for (const name of files.filter((one) => /^(docs|guide\/chapter)\/[^/]*$|index/.test(one))) {
        await page.goto(pathToFileURL(join(dir, name)).href);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (over > 0) wide.push(`${name}: ${over}`);
      }
      expect(wide).toEqual([]);
      await page.close();
    });

    it('is searched by the keyboard alone', async () => {
      const page = await browser.newPage();
      const errors: string[] = [];
      page.on('pageerror', ({ message }) => errors.push(message));
      page.on('console', (said) => errors.push(said.text()));
      await page.goto(pathToFileURL(join(dir, 'docs/fleet.html')).href);
      await page.keyboard.press('/');
      await page.keyboard.type('lose the quorum');
      await page.locator('#found a').first().waitFor();
      await page.keyboard.press('Enter');
      await page.waitForURL(/guide\/chapter\/09-quorum\.html/);
      expect(await page.locator('h1').textContent()).toContain('lose the quorum');
      expect(await page.locator('nav [aria-current=page]').textContent()).toContain('lose the quorum');
      expect(errors).toEqual([]);
      await page.close();
    });
  });
});

describe('a page that cannot be made', () => {
  let copy: string;
  beforeAll(async () => {
    copy = await mkdtemp(join(tmpdir(), 'coreos-lab-docs-'));
    for (const name of await readdir(root)) {
      if (['docs', 'node_modules', 'runs', '.git'].includes(name)) continue;
      await symlink(join(root, name), join(copy, name));
    }
    await cp(join(root, 'docs'), join(copy, 'docs'), { recursive: true });
    await writeFile(join(copy, 'docs/binary.bin'), Buffer.from([1, 0, 2]));
    await symlink('loop.md', join(copy, 'docs/loop.md'));
    await mkdir(join(copy, 'docs/folder.png'));
    execFileSync('mkfifo', [join(copy, 'docs/pipe.md')]);
  });
  afterAll(() => rm(copy, { recursive: true }));

  it.each([
    ['[a](nowhere.md)', 'a link to docs/nowhere.md, which is not there'],
    ['[a](../../secret.md)', 'a link out of the checkout: ../../secret.md'],
    ['![a](../../secret.png)', 'a link out of the checkout: ../../secret.png'],
    ['![a](nowhere.png)', 'a link to docs/nowhere.png, which is not there'],
    ['![a](folder.png)', 'a link to docs/folder.png, which is no file'],
    ['[a](binary.bin)', 'a link to docs/binary.bin, which is no text'],
    ['[a](pipe.md)', 'a link to docs/pipe.md, which is no file'],
    ['[a](loop.md)', 'a link to docs/loop.md, which cannot be read (ELOOP)'],
    ['[a](fleet.md#no-such-heading)', 'a link to #no-such-heading, which docs/fleet.md has not'],
    ['[a](#no-such-heading)', 'a link to #no-such-heading, which docs/quick-start.md has not'],
  ])('%s is said with file, line and remedy', async (link, message) => {
    await writeFile(join(copy, 'docs/quick-start.md'), `# Quick\n\ntext\n\n${link}\n`);
    await expect(gather(copy)).rejects.toMatchObject({
      code: 'input.docs',
      message: `docs/quick-start.md:5: ${message}`,
    });
  });

  it.each([
    ['', 'docs/quick-start.md'],
    ['\uFEFF# Marked\r\n\r\ntext\r\n', 'Marked'],
    ['---\ntitle: Mine\n---\n\n# Its own\n', 'Its own'],
    ['no heading', 'docs/quick-start.md'],
  ])('is none for a text that is unusual: %j', async (text, title) => {
    await writeFile(join(copy, 'docs/quick-start.md'), text);
    const { pages } = await gather(copy);
    expect(pages.find(({ source }) => source === 'docs/quick-start.md')?.title).toBe(title);
  });
});
