import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { lastWords } from '#errors/end-program.ts';
import { LabError } from '#errors/lab-error.ts';
import { root } from '../../support/tracked-files.ts';

describe('a program that ends by an error', () => {
  it('says the cause, the evidence and the next command, with the exit code of its family', () => {
    const error = new LabError({ code: 'host.port', cause: 'no port', evidence: ['one', 'two'], next: 'ss -ltnp' });
    expect(lastWords('fleetd', error)).toEqual({
      text: 'fleetd: no port\n  one\n  two\n  next: ss -ltnp\n',
      exitCode: 69,
    });
  });

  it('says where a bug is, whatever was thrown', () => {
    const bug = lastWords('web', new TypeError('x is undefined'));
    expect(bug.text).toMatch(/^web: TypeError: x is undefined\n +at .*end-program\.test\.ts/);
    expect(bug.exitCode).toBe(70);
    for (const thrown of ['a word', undefined, 7])
      expect(lastWords('web', thrown)).toEqual({ text: `web: ${String(thrown)}\n`, exitCode: 70 });
  });

  it('has said all of it when it is gone, also into a pipe that is read late', async () => {
    const script = [
      "import { endProgram } from './errors/end-program.ts';",
      "import { LabError } from './errors/lab-error.ts';",
      "const evidence = Array.from({ length: 3000 }, (_, i) => `line ${i} ${'x'.repeat(100)}`);",
      "endProgram('meetup', new LabError({ code: 'usage.meetup', cause: 'no', evidence, next: 'n' }));",
    ];
    const args = ['--import', 'tsx', '--input-type=module', '--eval', script.join('\n')];
    const late = [
      '-c',
      '{ "$@"; echo "exit $?" >&2; } 2>&1 >/dev/null | { sleep 0.3; cat; }',
      'sh',
      process.execPath,
      ...args,
    ];
    const lines = (await execa('sh', late, { cwd: root })).stdout.split('\n');
    expect(lines[0]).toBe('meetup: no');
    expect(lines.at(-3)).toMatch(/^ {2}line 2999 x+$/);
    expect(lines.slice(-2)).toEqual(['  next: n', 'exit 64']);
  });
});
