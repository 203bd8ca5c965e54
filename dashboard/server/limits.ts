/** What anybody may take of the dashboard. A page and its WebSocket are some ten connections of one browser. */
export const limits = {
  pages: 8,
  /** Of one message from a page: each names a machine and a deed. */
  messageBytes: 4_096,
  headerBytes: 8_192,
  /** Connections that have said nothing whole by their time are looked for this often, ms. */
  checkEveryMs: 1_000,
  /** Messages that a page has not read yet: a minute's worth of a lab in which much happens. */
  waitingMessages: 300,
  asksPerTenSeconds: 20,
  server: { maxConnections: 64, headersTimeout: 5_000, requestTimeout: 5_000, keepAliveTimeout: 5_000, timeout: 0 },
} as const;

/** A page that loads nothing of others, runs nothing but its own files, and stands in no other page. */
export function headersOf(port: number): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    // Some browsers do not count WebSockets of the same host to 'self'.
    `connect-src 'self' ws://127.0.0.1:${port} ws://localhost:${port}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    'Content-Security-Policy': policy.join('; '),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    // The address has the token.
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cache-Control': 'no-store',
  };
}
