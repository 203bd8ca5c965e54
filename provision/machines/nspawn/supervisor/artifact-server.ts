import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { dirname, basename } from 'node:path';
import send from 'send';

/** What machines fetch by HTTP GET. */
export interface Served {
  /** Its files are at `/NAME`; Ignition configs refer to them with their sha512. */
  readonly artifactsDir: string;
  /** Each machine's whole Ignition config, at `/ignition/MACHINE.json`: where a hypervisor hands over too little. */
  readonly ignitionFiles: ReadonlyMap<string, string>;
}

/** Whatever a machine asks for, it gets an answer and no more: this process holds the lab. */
export async function startArtifactServer(served: Served, address: string, port: number): Promise<Server> {
  const server = createServer((request, response) => answer(served, request, response));
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, address, resolve));
  return server;
}

function answer({ artifactsDir, ignitionFiles }: Served, request: IncomingMessage, response: ServerResponse): void {
  const refuse = (status: number, text: string) => {
    response.writeHead(status, { 'content-length': Buffer.byteLength(text) + 1 }).end(`${text}\n`);
  };
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'only GET');
  const path = (request.url ?? '/').replace(/[?#].*$/, '');
  const machine = /^\/ignition\/([^/]+)\.json$/.exec(path)?.[1];
  const ignition = machine === undefined ? undefined : ignitionFiles.get(machine);
  const file = ignition === undefined ? { root: artifactsDir, name: path } : inDirectory(ignition);
  send(request, file.name, { root: file.root, dotfiles: 'deny', index: false, cacheControl: false })
    .on('error', (error: { status?: number }) => refuse(error.status ?? 500, `no artifact ${path}`))
    .on('directory', () => refuse(404, `no artifact ${path}`))
    .pipe(response);
}

function inDirectory(file: string): { root: string; name: string } {
  return { root: dirname(file), name: `/${basename(file)}` };
}
