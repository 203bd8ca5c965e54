import { createInterface } from 'node:readline/promises';
import { runCli } from './run.ts';

/** couchbase-cli: what it has to say goes to standard output, errors too, except for what 7.x says of wrong options. */
async function main(): Promise<void> {
  const { code, lines, errorLines } = await runCli(process.argv.slice(2), {
    env: process.env,
    progress: (text) => process.stderr.write(text),
    ask,
  });
  process.exitCode = code;
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
  if (errorLines !== undefined) process.stderr.write(`${errorLines.join('\n')}\n`);
}

async function ask(question: string): Promise<string | undefined> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const closed = new Promise<undefined>((resolve) => void lines.once('close', () => resolve(undefined)));
  const answer = await Promise.race([lines.question(question), closed]);
  lines.close();
  return answer;
}

void main();
