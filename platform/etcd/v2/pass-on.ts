import { request, type Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { etcdFailure } from '../etcd-failure.ts';

/**
 * A request that is not of the v2 API goes to the member as it came, and its answer back: JSON gateway, `/health`, `/metrics` and the
 * like. A watch of the gateway is an answer that goes on for hours.
 * @throws LabError `timeout.etcd-connect` when the member cannot be reached and nothing was answered
 */
export function passOn(endpoint: string, agent: Agent, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { hostname, port } = new URL(endpoint);
  const { method, url: path, rawHeaders } = req;
  return new Promise((resolve, reject) => {
    // By itself Node sends the body of a GET without saying where it ends: what follows would be the next request's.
    const inChunks = req.headers['transfer-encoding'] === undefined ? [] : ['Transfer-Encoding', 'chunked'];
    const headers = [...pairsOf(rawHeaders).flat(), ...inChunks];
    const upstream = request({ hostname, port, method, path, agent, headers });
    upstream.on('response', (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.statusMessage, pairsOf(answer.rawHeaders).flat());
      res.flushHeaders();
      pipeline(answer, res, () => resolve());
    });
    upstream.on('error', (error) => {
      if (res.headersSent) res.destroy();
      else reject(etcdFailure('timeout.etcd-connect', endpoint, String(path), error.message));
    });
    res.on('close', () => {
      upstream.destroy();
      resolve();
    });
    pipeline(req, upstream, () => undefined);
  });
}

/** Of one connection only, which ends here (RFC 9110, 7.6.1). */
const ofConnection = new Set(['connection', 'expect', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade']);

/** Names and values as they came, several of a name too. */
function pairsOf(raw: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const [name = '', value = ''] = raw.slice(i, i + 2);
    if (!ofConnection.has(name.toLowerCase())) pairs.push([name, value]);
  }
  return pairs;
}
