import { serverName } from '../cluster/identity.ts';
import { pageScript } from './script.ts';
import { pageStyle } from './style.ts';

/** The whole admin page in one document: it must load in a lab without a network. @param version which the server plays */
export function adminPage(version: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${serverName}</title>
<link rel="icon" href="data:,">
<style>${pageStyle}</style>
</head>
<body>
<header>
  <h1>${serverName}</h1>
  <span>${version}</span>
  <button id="sign-out" hidden>Sign out</button>
</header>
<main>
  <form id="login" hidden>
    <h2>Sign in</h2>
    <label>Username <input id="username" name="username" autocomplete="username" required></label>
    <label>Password <input id="password" name="password" type="password" autocomplete="current-password" required></label>
    <button type="submit">Sign in</button>
    <p id="login-error" role="alert"></p>
  </form>
  <section id="not-initialised" hidden>
    <h2>Not initialised</h2>
    <p>This node waits for <code>couchbase-cli cluster-init</code>.</p>
  </section>
  <section id="console" hidden>
    <p id="node"></p>
    <h2>Buckets</h2>
    <p id="no-buckets" hidden>No buckets yet: <code>couchbase-cli bucket-create</code> makes one.</p>
    <div id="buckets"></div>
  </section>
  <p id="lost" role="status" hidden>The server does not answer; trying again every second.</p>
</main>
<footer>Not Couchbase Server: a single embedded node that speaks its protocols. Documents live in memory only.</footer>
<script>${pageScript}</script>
</body>
</html>
`;
}
