import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { basename, join } from 'node:path';

/** Serves the files of one flat directory by HTTP GET; Ignition configs refer to them with their sha512. */
export async function startArtifactServer(directory: string, address: string, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    const name = basename(new URL(request.url ?? '/', 'http://lab').pathname);
    const file = join(directory, name);
    void stat(file).then(
      (info) => {
        response.writeHead(200, { 'content-length': info.size, 'content-type': 'application/octet-stream' });
        createReadStream(file).pipe(response);
      },
      () => response.writeHead(404).end(`no artifact ${name}\n`),
    );
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, address, resolve));
  return server;
}
