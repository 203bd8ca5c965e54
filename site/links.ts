import { posix } from 'node:path';

/** Where a link of a source leads. */
export type Target =
  /** Out of the site, or within the page. */
  | { readonly kind: 'as-it-is' }
  /** To a source, whose page it is, and a heading there. */
  | { readonly kind: 'source'; readonly source: string; readonly heading: string }
  /** Out of the checkout: a page that is copied elsewhere cannot have it. */
  | { readonly kind: 'outside' }
  /** To a picture, which is copied. */
  | { readonly kind: 'picture'; readonly source: string };

const picture = /\.(png|svg|jpg|gif)$/;

/**
 * What a link of a Markdown source means, as GitHub reads it: relative to the file that it stands in, or to the checkout with a slash
 * before it. Pure.
 * @param source path of that file below the checkout, with slashes
 */
export function targetOf(source: string, href: string): Target {
  if (/^[a-z][a-z+.-]*:/i.test(href)) return { kind: 'as-it-is' };
  const [, path = '', heading = ''] = /^([^#?]*)(?:\?[^#]*)?(?:#(.*))?$/.exec(href) ?? [];
  if (path === '') return heading === '' ? { kind: 'as-it-is' } : { kind: 'source', source, heading };
  const named = decoded(path);
  const from = named.startsWith('/') ? '' : posix.dirname(source);
  const to = posix.normalize(posix.join(from, named)).replace(/^\/+|\/$/g, '');
  if (to === '..' || to.startsWith('../')) return { kind: 'outside' };
  return picture.test(to) ? { kind: 'picture', source: to } : { kind: 'source', source: to, heading };
}

/**
 * The file of a source's page: of Markdown the same name, of a README its folder's index, of anything else its own name and .html.
 * Pure.
 */
export function pageFile(source: string): string {
  if (source === 'README.md') return 'index.html';
  if (posix.basename(source) === 'README.md') return `${posix.dirname(source)}/index.html`;
  return source.endsWith('.md') ? source.replace(/\.md$/, '.html') : `${source}.html`;
}

/** The address of one file of the site in another: relative, so that no server is needed. Pure. */
export function relativeLink(fromFile: string, toFile: string): string {
  // By absolute paths: relative ones are read from a working directory, which may be gone.
  return encodedPath(posix.relative(`/${posix.dirname(fromFile)}`, `/${toFile}`));
}

/** A path in an address; a name may have `#` and `?`. Pure. */
export function encodedPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/** A heading's name in an address, as GitHub makes it. Pure. */
export function headingName(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

/** What is no encoding stands for itself. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
