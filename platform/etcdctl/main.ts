import { readFileSync } from 'node:fs';
import { LabError } from '#errors/lab-error.ts';
import { etcdctl } from './etcdctl.ts';

/** The program /opt/lab/bin/etcdctl.cjs: `etcdctl` with a process around it. */
const io = {
  print: (text: string) => void process.stdout.write(`${text}\n`),
  warn: (text: string) => void process.stderr.write(`${text}\n`),
  readStdin,
  exit: (code: number) => process.exit(code),
};

etcdctl(process.argv.slice(2), process.env, io).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    io.warn(`Error:  ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = error instanceof LabError ? error.exitCode : 70;
  },
);

function readStdin(): string {
  try {
    return readFileSync(0, 'utf8');
  } catch {
    return ''; // no standard input at all
  }
}

// `etcdctl ls --recursive / | head -n 1` closes the pipe early: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
