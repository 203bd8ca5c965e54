import { encodedPath } from './links.ts';
import { plainText, type Token } from './markdown.ts';

/** What a search finds: a part of a page, from a heading to the next. */
export interface SearchEntry {
  readonly id: number;
  readonly page: string;
  readonly heading: string;
  readonly text: string;
  /** Relative to the site's first page. */
  readonly href: string;
}

interface SearchedPage {
  readonly title: string;
  readonly file: string;
  readonly tokens: readonly Token[];
}

/** Every part of every page, for the browser's search. Pure. */
export function searchEntries(pages: readonly SearchedPage[]): SearchEntry[] {
  return pages.flatMap((page) => partsOf(page)).map((entry, id) => ({ id, ...entry }));
}

function partsOf({ title, file, tokens }: SearchedPage): Omit<SearchEntry, 'id'>[] {
  const starts = tokens.flatMap(({ type }, index) => (type === 'heading_open' ? [index] : []));
  return starts.map((start, part) => {
    const name = tokens[start]?.attrGet('id') ?? '';
    const inside = tokens.slice(start + 2, starts[part + 1]);
    return {
      page: title,
      heading: plainText(tokens[start + 1]),
      text: inside
        .map((token) => (token.type === 'inline' ? plainText(token) : token.type === 'html_block' ? '' : token.content))
        .join(' '),
      href: `${encodedPath(file)}#${encodeURIComponent(name)}`,
    };
  });
}
