import { join } from 'node:path';
import { runCached } from './run-cached.ts';

/** The program that the launcher starts: the command line itself is `lab.cjs` beside it. */
function main(): void {
  const [command] = process.argv.slice(2);
  const kind = command !== undefined && /^[a-z]{2,16}$/.test(command) ? command : 'other';
  runCached(join(__dirname, 'lab.cjs'), join(__dirname, 'code-cache'), kind);
}

main();
