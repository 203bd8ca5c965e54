import { runCli } from './run.ts';

/** couchbase-cli: everything it has to say goes to standard output, errors too, as in 4.0. */
void runCli(process.argv.slice(2), process.env, (text) => process.stderr.write(text)).then(({ code, lines }) => {
  process.exitCode = code;
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
});
