import { readFileSync } from 'node:fs';
import { etcdctl, unexpected, type Io } from './etcdctl.ts';

/** The program /opt/lab/bin/etcdctl.cjs: `etcdctl` with a process around it. */
const io: Io = {
  print: (text) => void process.stdout.write(`${text}\n`),
  warn: (text) => void process.stderr.write(`${text}\n`),
  readStdin: async () => readStdin(),
  interrupted() {
    const interrupt = new AbortController();
    process.once('SIGINT', () => interrupt.abort());
    return interrupt.signal;
  },
  exit: (code) => process.exit(code),
};

etcdctl(process.argv.slice(2), process.env, io).then(
  (code) => (process.exitCode = code),
  (error: unknown) => (process.exitCode = unexpected(error, io)),
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
