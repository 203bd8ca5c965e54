import { createServer, type ServerResponse } from 'node:http';

/** As much of Docker's API as `announce` asks, on a Unix socket: containers that a test starts and ends. */
export interface DockerEngine {
  start(name: string, address: string): void;
  end(name: string): void;
  /** Every request so far. */
  readonly asked: string[];
  /** Ends the engine, and every connection to it; containers stay. */
  away(): Promise<void>;
  back(): Promise<void>;
}

export async function dockerEngine(path: string): Promise<DockerEngine> {
  const running = new Map<string, string>();
  const listeners = new Set<ServerResponse>();
  const asked: string[] = [];
  const server = createServer((req, res) => {
    const url = decodeURIComponent(req.url ?? '');
    asked.push(url);
    if (url.startsWith('/events?filters=')) {
      res.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
      listeners.add(res);
      res.on('close', () => listeners.delete(res));
      return;
    }
    const address = running.get(/^\/containers\/(.+)\/json$/.exec(url)?.[1] ?? '');
    if (address === undefined) return void res.writeHead(404).end('{"message":"No such container"}');
    res.end(JSON.stringify({ State: { Running: true }, NetworkSettings: { IPAddress: address } }));
  });
  const tell = (status: string, name: string) => {
    const line = JSON.stringify({ status, Type: 'container', Actor: { Attributes: { name } } });
    for (const listener of listeners) listener.write(`${line}\n`);
  };
  const back = () => new Promise<void>((resolve) => server.listen(path, resolve));
  await back();
  return {
    asked,
    start(name, address) {
      running.set(name, address);
      tell('start', name);
    },
    end(name) {
      running.delete(name);
      tell('die', name);
    },
    async away() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    back,
  };
}
