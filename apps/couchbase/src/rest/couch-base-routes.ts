import type { Route } from './exchange.ts';

/**
 * The routes of the view port under `/couchBase` of the management port: ns_server's proxy (capi_http_proxy.erl), by which its console
 * reaches views without another origin.
 */
export function couchBaseRoutes(viewRoutes: readonly Route[]): Route[] {
  return viewRoutes
    .filter(({ open }) => open !== true)
    .map((route) => ({
      ...route,
      pattern: new RegExp(route.pattern.source.replace(/^\^/u, String.raw`^\/couchBase`), 'u'),
    }));
}
