import MarkdownIt from 'markdown-it';
import { headingName } from './links.ts';

/** A token of Markdown, as markdown-it gives them. */
export type Token = ReturnType<MarkdownIt['parse']>[number];

/** Data of a page that its text is read with: where its links lead instead. */
interface PageLinks {
  readonly links?: Readonly<Record<string, string>>;
}

/**
 * Markdown as the sources have it: HTML is shown, but for comments, never taken as such; a name for each heading, as GitHub makes them; links led to where the page's data says; wide
 * tables and listings that scroll by themselves.
 */
export const markdown = new MarkdownIt({ html: true });
markdown.core.ruler.push('names of headings', ({ tokens }) => nameHeadings(tokens));
markdown.core.ruler.push('links', ({ tokens, env }) => leadLinks(tokens, (env as PageLinks).links ?? {}));
markdown.renderer.rules['table_open'] = () => '<div class="wide" tabindex="0"><table>\n';
for (const kind of ['html_block', 'html_inline'])
  markdown.renderer.rules[kind] = (tokens, at) => shownHtml(tokens[at]?.content ?? '', markdown.utils.escapeHtml);
const fence = markdown.renderer.rules.fence;
markdown.renderer.rules.fence = (...args) => (fence?.(...args) ?? '').replace(/^<pre>/, '<pre tabindex="0">');
markdown.renderer.rules['table_close'] = () => '</table></div>\n';

function shownHtml(html: string, escaped: (text: string) => string): string {
  return /^\s*<!--[\s\S]*-->\s*$/.test(html) ? '' : escaped(html);
}

/** A name that stands twice on a page gets a number. */
function nameHeadings(tokens: readonly Token[]): void {
  const used = new Map<string, number>();
  tokens.forEach((token, index) => {
    if (token.type !== 'heading_open') return;
    const name = headingName(plainText(tokens[index + 1]));
    const times = used.get(name) ?? 0;
    used.set(name, times + 1);
    token.attrSet('id', times === 0 ? name : `${name}-${times}`);
  });
}

function leadLinks(tokens: readonly Token[], links: Readonly<Record<string, string>>): void {
  for (const { token, attribute, address } of tokens.flatMap(addressesOf)) {
    const to = links[address];
    if (to !== undefined) token.attrSet(attribute, to);
  }
}

/** Addresses of the links and pictures in tokens, with the line of their paragraph (1-based). Pure. */
export function addressesIn(tokens: readonly Token[]): { address: string; line: number }[] {
  return tokens.flatMap((token) =>
    addressesOf(token).map(({ address }) => ({ address, line: (token.map?.[0] ?? 0) + 1 })),
  );
}

function addressesOf({ children }: Token): { token: Token; attribute: string; address: string }[] {
  return (children ?? []).flatMap((token) => {
    const attribute = token.type === 'image' ? 'src' : 'href';
    const address = token.attrGet(attribute);
    return address === null ? [] : [{ token, attribute, address }];
  });
}

/** What a reader reads of a piece of text, without its marks. Pure. */
export function plainText(token: Token | undefined): string {
  const parts = (token?.children ?? []).map(({ type, content }) => (type.endsWith('break') ? ' ' : content));
  return parts.join('').trim();
}
