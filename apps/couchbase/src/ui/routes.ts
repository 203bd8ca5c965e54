import type { Route } from '../rest/exchange.ts';
import { adminPage } from './page.ts';

/** The admin page: `/` leads to /ui/index.html. Open: the page itself asks for name and password. */
export function uiRoutes(): Route[] {
  const html = { 'Content-Type': 'text/html;charset=utf-8', 'Content-Security-Policy': policy };
  const toPage = { status: 301, text: '', headers: { Location: '/ui/index.html' } };
  return [
    { method: 'GET', pattern: /^\/$/u, open: true, handle: () => toPage },
    { method: 'GET', pattern: /^\/(?:ui|index\.html)$/u, open: true, handle: () => toPage },
    {
      method: 'GET',
      pattern: /^\/ui\/index\.html$/u,
      open: true,
      handle: () => ({ status: 200, text: adminPage, headers: html }),
    },
  ];
}

const policy =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:";
