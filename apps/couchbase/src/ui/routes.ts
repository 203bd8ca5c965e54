import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Generation } from '../cluster/generation.ts';
import type { RestResponse, Route } from '../rest/exchange.ts';
import type { PageFiles } from './page-files.ts';

/** The console: `/` leads to /ui/index.html, as directly as the generation does. Open: the page itself asks for name and password. */
export function uiRoutes({ firstPage }: Generation, files: PageFiles): Route[] {
  const to = (Location: string) => () => ({ status: 301, text: '', headers: { Location } });
  return [
    { method: 'GET', pattern: /^\/$/u, open: true, handle: to(firstPage) },
    { method: 'GET', pattern: /^\/(?:ui|index\.html)$/u, open: true, handle: to('/ui/index.html') },
    { method: 'GET', pattern: /^\/ui\/(.+)$/u, open: true, handle: (_, [path = '']) => serve(files, path) },
  ];
}

/** Files are read when they are asked for, which browsers do once: an idle server does without them. */
async function serve(files: PageFiles, path: string): Promise<RestResponse> {
  const file = files.get(path);
  if (file === undefined) return { status: 404, text: files.size === 0 ? 'The console was not built.' : 'Not found.' };
  const text = await readFile(file.path, 'utf8');
  if (path.endsWith('.html')) return page(text, file.type);
  // Vite names assets by their content.
  const headers = { ...guarded, 'Content-Type': file.type, 'Cache-Control': 'public, max-age=31536000, immutable' };
  return { status: 200, text, headers };
}

/** A page with a nonce of its own: the only styles that run are those of files, and those that the editor makes with it. */
function page(text: string, type: string): RestResponse {
  const nonce = randomBytes(16).toString('base64');
  const headers = { ...guarded, 'Content-Type': type, 'Content-Security-Policy': policy(nonce) };
  return { status: 200, text: text.replaceAll(noncePlace, nonce), headers };
}

/** What vite.config.ts has Vite write where a nonce belongs. */
const noncePlace = 'CSP-NONCE-OF-THIS-PAGE';

function policy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    // A browser that edits a text of several colours writes such attributes by itself.
    "style-src-attr 'unsafe-inline'",
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

const guarded = { 'X-Content-Type-Options': 'nosniff', 'X-Frame-Options': 'DENY', 'Referrer-Policy': 'no-referrer' };
