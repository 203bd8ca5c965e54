import { describe, expect, it } from 'vitest';
import { headingName, pageFile, relativeLink, targetOf } from '#site/links.ts';
import { addressesIn, markdown } from '#site/markdown.ts';
import { searchEntries } from '#site/search-index.ts';

describe('a link of a source', () => {
  it.each([
    ['docs/fleet.md', 'decisions/059-x.md', { kind: 'source', source: 'docs/decisions/059-x.md', heading: '' }],
    ['docs/fleet.md', '../units/', { kind: 'source', source: 'units', heading: '' }],
    ['docs/fleet.md', '#small-print', { kind: 'source', source: 'docs/fleet.md', heading: 'small-print' }],
    ['README.md', 'docs/errors.md#host', { kind: 'source', source: 'docs/errors.md', heading: 'host' }],
    ['README.md', 'docs/images/a.png', { kind: 'picture', source: 'docs/images/a.png' }],
    ['README.md', 'units/web%40.service', { kind: 'source', source: 'units/web@.service', heading: '' }],
    ['README.md', 'mailto:a@b', { kind: 'as-it-is' }],
    ['README.md', '', { kind: 'as-it-is' }],
    ['docs/fleet.md', '/units/', { kind: 'source', source: 'units', heading: '' }],
    ['docs/fleet.md', 'errors.md?plain=1#host', { kind: 'source', source: 'docs/errors.md', heading: 'host' }],
    ['docs/fleet.md', '../../secret.md', { kind: 'outside' }],
    ['docs/fleet.md', '..%2f..%2f..%2fetc/passwd', { kind: 'outside' }],
    ['docs/fleet.md', '../..', { kind: 'outside' }],
    ['docs/fleet.md', '../../a.png', { kind: 'outside' }],
  ])('of %s to %s', (source, href, target) => {
    expect(targetOf(source, href)).toEqual(target);
  });
});

describe('a page', () => {
  it.each([
    ['README.md', 'index.html'],
    ['units/README.md', 'units/index.html'],
    ['docs/fleet.md', 'docs/fleet.html'],
    ['config.rb', 'config.rb.html'],
    ['units/couchbase@.service', 'units/couchbase@.service.html'],
  ])('of %s is %s', (source, file) => {
    expect(pageFile(source)).toBe(file);
  });

  it.each([
    ['index.html', 'docs/fleet.html', 'docs/fleet.html'],
    ['docs/fleet.html', 'index.html', '../index.html'],
    ['docs/decisions/001-x.html', 'units/a b.html', '../../units/a%20b.html'],
    ['docs/a.html', 'docs/b#c?%.html', 'b%23c%3F%25.html'],
  ])('%s leads to %s by %s', (from, to, link) => {
    expect(relativeLink(from, to)).toBe(link);
  });
});

describe('headings', () => {
  it.each([
    ['`lab shell`: the book in the left hand', 'lab-shell-the-book-in-the-left-hand'],
    ['What is real and what is embedded', 'what-is-real-and-what-is-embedded'],
    ['Über 10 %', 'über-10-'],
  ])('%s is called #%s', (text, name) => {
    expect(headingName(text.replaceAll('`', ''))).toBe(name);
  });

  it('that stand twice have names of their own', () => {
    const html = markdown.render('# A `b`\n\n## Same\n\n## Same\n', {});
    expect([...html.matchAll(/id="([^"]*)"/g)].map((match) => match[1])).toEqual(['a-b', 'same', 'same-1']);
  });

  it('begin what a search finds', () => {
    const tokens = markdown.parse(
      '# One\n\nfirst `code`\n\n## Two\n\n| a | b |\n| - | - |\n| c | d |\n\n```\nlisted\n```\n',
      {},
    );
    const found = searchEntries([{ title: 'One', file: 'docs/one.html', tokens }]);
    expect(found.map(({ heading, href }) => [heading, href])).toEqual([
      ['One', 'docs/one.html#one'],
      ['Two', 'docs/one.html#two'],
    ]);
    expect(found.map(({ text }) => text.replace(/\s+/g, ' ').trim())).toEqual(['first code', 'a b c d listed']);
  });
});

describe('Markdown of a page', () => {
  it('has its links and pictures where the page’s data leads them, and only those', () => {
    const html = markdown.render('[a](b.md) ![p](p.png) [c](d.md)', {
      links: { 'b.md': 'b.html', 'p.png': 'files/p.png' },
    });
    expect([...html.matchAll(/(?:href|src)="([^"]*)"/g)].map((match) => match[1])).toEqual([
      'b.html',
      'files/p.png',
      'd.md',
    ]);
  });

  it('runs nothing that stands in a source', () => {
    const html = markdown.render('<script>a</script> {{ b }} {% c %} [x](javascript:alert(1))', {});
    expect(html).not.toMatch(/<script|href/);
    expect(html).toContain('&lt;script&gt;');
    expect(markdown.render('a <b>b</b> <!-- not shown -->\n\n<!-- nor\nthis -->\n\n<div>shown</div>\n', {})).toMatch(
      /^<p>a &lt;b&gt;b&lt;\/b&gt; <\/p>\s*&lt;div&gt;shown/,
    );
    expect(html).toContain('{{ b }} {% c %}');
  });

  it('names the line of a link', () => {
    expect(addressesIn(markdown.parse('# A\n\ntext\n\n[a](b.md)\n', {}))).toEqual([{ address: 'b.md', line: 5 }]);
  });
});
