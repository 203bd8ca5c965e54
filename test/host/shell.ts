import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bootHost } from './guest/boot-host.ts';
import { guestCheckout, syncCheckout } from './guest/checkout.ts';
import { suites } from './guest/suite.ts';

// For a person: boots a guest with this checkout, says how to log in, and keeps it until Ctrl-C. SIGUSR1, or Enter, brings
// the guest's checkout up to date with this one.
//   npx tsx test/host/shell.ts bookworm|trixie [--fresh] [--memory=MB] [--with=PACKAGE,PACKAGE]
const [asked, ...flags] = process.argv.slice(2);
const suite = suites.find((one) => one === asked);
if (suite === undefined)
  throw new Error(`npx tsx test/host/shell.ts ${suites.join('|')} [--fresh] [--memory=MB] [--with=PACKAGE,PACKAGE]`);
const began = performance.now();
const say = (line: string) => console.log(`${((performance.now() - began) / 1000).toFixed(1)} s  ${line}`);
const option = (name: string) => flags.find((flag) => flag.startsWith(`--${name}=`))?.split('=')[1];
const memory = option('memory');
const guest = await bootHost({
  suite,
  packages: option('with')?.split(',') ?? [],
  onProgress: say,
  ...(memory === undefined ? {} : { memoryMb: Number(memory) }),
});
const sync = async () => {
  await syncCheckout(guest, join(import.meta.dirname, '../..'), { installed: !flags.includes('--fresh') });
  say(`the checkout is at ${guestCheckout}`);
};
await sync();
say(`console: ${guest.qemu.console}`);
say(`log in:  ${guest.sshCommand}`);
say(`again:   Enter, or kill -USR1 ${process.pid}, to copy the checkout anew`);
const again = () => void sync().catch((error: unknown) => console.error(error));
process.on('SIGUSR1', again);
createInterface(process.stdin).on('line', again);
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
await guest.kill();
process.exit(0);
