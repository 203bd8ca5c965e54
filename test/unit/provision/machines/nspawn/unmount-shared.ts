import { readFileSync } from 'node:fs';
import { unmountSharedDirectories } from '#provision/machines/nspawn/machine-process.ts';

const [nspawnDir = '', machine = ''] = process.argv.slice(2);
await unmountSharedDirectories(machine, nspawnDir);
const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
console.log(
  JSON.stringify(mounts.flatMap((line) => line.split(' ')[4] ?? []).filter((at) => at.startsWith(nspawnDir))),
);
