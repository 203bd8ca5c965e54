import { createInterface } from 'node:readline/promises';
import { streamsOf } from './outcome.ts';
import { runCli } from './run.ts';

/** couchbase-cli: what it has to say goes to standard output, errors too, except for what 7.x says of wrong options. */
async function main(): Promise<void> {
  const outcome = await runCli(process.argv.slice(2), {
    env: process.env,
    progress: (text) => process.stderr.write(text),
    ask,
  });
  const { output, errors } = streamsOf(outcome);
  process.exitCode = outcome.code;
  if (output !== '') process.stdout.write(output);
  if (errors !== '') process.stderr.write(errors);
}

async function ask(question: string): Promise<string | undefined> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const closed = new Promise<undefined>((resolve) => void lines.once('close', () => resolve(undefined)));
  const answer = await Promise.race([lines.question(question), closed]);
  lines.close();
  return answer;
}

void main();
