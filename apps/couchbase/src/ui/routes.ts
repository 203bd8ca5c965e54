import type { Generation } from '../cluster/generation.ts';
import type { Route } from '../rest/exchange.ts';
import { adminPage } from './page.ts';

/** The admin page: `/` leads to /ui/index.html. Open: the page itself asks for name and password. */
export function uiRoutes({ version, firstPage }: Generation): Route[] {
  const html = { 'Content-Type': 'text/html;charset=utf-8', 'Content-Security-Policy': policy };
  const to = (Location: string) => () => ({ status: 301, text: '', headers: { Location } });
  return [
    { method: 'GET', pattern: /^\/$/u, open: true, handle: to(firstPage) },
    { method: 'GET', pattern: /^\/(?:ui|index\.html)$/u, open: true, handle: to('/ui/index.html') },
    {
      method: 'GET',
      pattern: /^\/ui\/index\.html$/u,
      open: true,
      handle: () => ({ status: 200, text: adminPage(version), headers: html }),
    },
  ];
}

const policy =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:";
