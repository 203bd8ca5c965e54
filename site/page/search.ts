import MiniSearch, { type SearchResult } from 'minisearch';
import type { SearchEntry } from '../search-index.ts';

/** What runs in the browser: the search over all pages, and the contents folded away on a narrow screen. */
const mostFound = 20;
const base = document.body.dataset['base'] ?? '';
const form = document.querySelector<HTMLFormElement>('#search');
const asked = document.querySelector<HTMLInputElement>('#asked');
const found = document.querySelector<HTMLElement>('#found');
const contents = document.querySelector<HTMLDetailsElement>('#contents');
if (form === null || asked === null || found === null || contents === null) throw new Error('the layout has no search');

// A narrow screen would show nothing but them.
const narrow = globalThis.matchMedia('(max-width: 60rem)');
const foldContents = (): void => void (contents.open = !narrow.matches);
narrow.addEventListener('change', foldContents);
foldContents();
contents.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });

let index: MiniSearch<SearchEntry> | undefined;

/** Made at the first search: most pages are read without one. */
function indexOf(): MiniSearch<SearchEntry> {
  index ??= new MiniSearch<SearchEntry>({
    fields: ['heading', 'page', 'text'],
    storeFields: ['page', 'heading', 'text', 'href'],
    // A command or a code is found by its parts, too: missing.docs, X-Etcd-Index, couchbase@1.
    tokenize: (text) => text.split(/[\s\p{P}\p{S}]+/u),
    searchOptions: { prefix: true, fuzzy: 0.15, boost: { heading: 4, page: 2 }, combineWith: 'AND' },
  });
  if (index.documentCount === 0)
    index.addAll((globalThis as unknown as { searchEntries: SearchEntry[] }).searchEntries);
  return index;
}

function show(): void {
  const words = asked?.value.trim() ?? '';
  if (found === null) return;
  found.hidden = words === '';
  if (words === '') return;
  const results = indexOf().search(words).slice(0, mostFound);
  found.replaceChildren(...(results.length === 0 ? [nothing(words)] : results.map(line)));
}

function nothing(words: string): HTMLElement {
  const said = document.createElement('p');
  said.textContent = `Nothing about ${words}`;
  return said;
}

function line(result: SearchResult): HTMLElement {
  const { heading, page, text, href } = result as SearchResult & SearchEntry;
  const link = document.createElement('a');
  link.href = base + href;
  const title = document.createElement('strong');
  title.textContent = heading;
  const where = document.createElement('span');
  where.textContent = page === heading ? '' : ` · ${page}`;
  const about = document.createElement('small');
  about.textContent = text.slice(0, 200);
  link.append(title, where, about);
  return link;
}

asked.addEventListener('input', show);
form.addEventListener('submit', (event) => {
  event.preventDefault();
  found.querySelector('a')?.click();
});
// What was found on this very page is below the list.
document.addEventListener('click', ({ target }) => {
  if (target !== asked) found.hidden = true;
});
document.addEventListener('keydown', (event) => {
  const typing = event.target instanceof HTMLInputElement;
  if (event.key === '/' && !typing) {
    event.preventDefault();
    asked.focus();
  }
  if (event.key === 'Escape') {
    asked.value = '';
    show();
  }
});
