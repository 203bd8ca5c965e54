import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import send from 'send';

/**
 * Serves the files of one flat directory by HTTP GET; Ignition configs refer to them with their sha512. Whatever a machine
 * asks for, it gets an answer and no more: this process holds the lab.
 */
export async function startArtifactServer(directory: string, address: string, port: number): Promise<Server> {
  const server = createServer((request, response) => answer(directory, request, response));
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, address, resolve));
  return server;
}

function answer(root: string, request: IncomingMessage, response: ServerResponse): void {
  const refuse = (status: number, text: string) => {
    response.writeHead(status, { 'content-length': Buffer.byteLength(text) + 1 }).end(`${text}\n`);
  };
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'only GET');
  const path = (request.url ?? '/').replace(/[?#].*$/, '');
  send(request, path, { root, dotfiles: 'deny', index: false, cacheControl: false })
    .on('error', (error: { status?: number }) => refuse(error.status ?? 500, `no artifact ${path}`))
    .on('directory', () => refuse(404, `no artifact ${path}`))
    .pipe(response);
}
