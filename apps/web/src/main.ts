import { hostname, networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';
import { endProgram } from '../../../errors/end-program.ts';
import { openEtcd } from '../../../platform/etcd/open-etcd.ts';
import { hurryMs, readConfig } from './config.ts';
import { discoverStack, type Stack } from './stack.ts';
import { startWebServer, type WebServer } from './web-server.ts';

/** Entry of web.cjs. Ends with 0 on a new configuration or SIGTERM (systemd starts it again), with a LabError's code otherwise. */
async function main(): Promise<void> {
  let server: WebServer | undefined = undefined;
  const end = (): void => {
    const hurry = setTimeout(() => process.exit(0), hurryMs);
    void Promise.resolve(server?.close()).finally(() => {
      clearTimeout(hurry);
      process.exit(0);
    });
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  const config = readConfig(process.env, networkInterfaces(), hostname());
  const etcd = openEtcd({ endpoints: config.etcdEndpoints });
  const stack = await discoverStack(etcd, config.waitMs, log, (fresh) => {
    log(`new config: ${oneLine(fresh)}; restarting to use it`);
    end();
  });
  log(`current config: ${oneLine(stack)}`);
  // The page lies beside the bundle.
  server = await startWebServer(config, stack, join(dirname(process.argv[1] ?? '.'), 'page'), log);
  log(`listening on port ${server.port}`);
}

function oneLine(stack: Stack): string {
  return inspect(stack, { breakLength: Infinity });
}

function log(line: string): void {
  console.log(line);
}

main().catch((error: unknown) => endProgram('web', error));
