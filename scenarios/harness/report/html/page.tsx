import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { writable } from './parts/xml-text.ts';
import { pageScript } from './page-script.ts';
import { styleSheet } from './style/style-sheet.ts';

interface PageProps {
  readonly title: string;
  readonly navigation: readonly { readonly id: string; readonly title: string }[];
  readonly children: ReactNode;
}

/** A page as the text of its file. */
export function renderPage(page: PageProps): string {
  // React escapes what means something in HTML, and lets through what XML has no way to write.
  return `<!DOCTYPE html>\n${writable(renderToStaticMarkup(<Page {...page} />))}\n`;
}

/** The frame of a page: style, skip link, navigation. */
function Page({ title, navigation, children }: PageProps) {
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title}</title>
        <style>{styleSheet()}</style>
      </head>
      <body>
        <a className="skip-link" href="#main">
          Skip to the result
        </a>
        <nav aria-label="Parts of this page">
          <ul>
            {navigation.map((part) => (
              <li key={part.id}>
                <a href={`#${part.id}`}>{part.title}</a>
              </li>
            ))}
          </ul>
        </nav>
        <main id="main">{children}</main>
        <script>{pageScript}</script>
      </body>
    </html>
  );
}
