import { endProgram } from '#errors/end-program.ts';
import { clientPort, ownMachine, v2Port } from '../ports.ts';
import { atPort } from './cluster.ts';
import { readOptions } from './options.ts';
import { untilIdle } from './until-idle.ts';
import { v2Server } from './v2-server.ts';

/** The program /opt/lab/bin/etcd-v2.cjs. Runs until SIGTERM or SIGINT, or until nobody has been connected for a while. */
async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), process.env, process.pid);
  if (options === 'help') {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const { endpoint, timeoutMs, port } = options;
  const v2 = v2Server({ endpoint, timeoutMs, v2UrlOf: atPort(port) });
  const servers = await Promise.all(options.places.map((place) => v2.listen(place)));
  await untilIdle(servers, options.idleExitMs);
  await v2.close();
  return 0;
}

const usage = `etcd-v2: a client port of one etcd member that has the v2 HTTP API, too, on the v3 store

  --etcd URL            the member (default ${ownMachine})
  --listen PLACE        port, ADDRESS:PORT or path of a socket; may be repeated (default ${clientPort} and ${v2Port}, unless systemd passes sockets)
  --port NUMBER         where clients that ask for the members are sent, on each machine (default ${clientPort})
  --timeout SECONDS     for etcd's answer to a request (default 5)
  --idle-exit SECONDS   end when nobody has been connected for so long (default never)`;

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => endProgram('etcd-v2', error),
);
