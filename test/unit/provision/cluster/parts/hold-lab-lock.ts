import { once } from 'node:events';
import { withLabLock } from '#provision/cluster/parts/lab-lock.ts';
import { lockPaths } from './lock-paths.ts';

// A `lab` command of another terminal: holds the lock of a directory until its standard input ends.
const [dir = '', command = ''] = process.argv.slice(2);
await withLabLock(lockPaths(dir), command, async () => {
  process.stdout.write('held\n');
  process.stdin.resume();
  await once(process.stdin, 'end');
});
