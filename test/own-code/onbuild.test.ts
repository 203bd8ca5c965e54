import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Wait } from 'testcontainers';
import { expect, it } from 'vitest';
import { containerOf, inspected, onEngineOf, stopped } from '../support/containers/contract.ts';
import { LabCli } from '../support/lab-cli.ts';

/*
 * What `FROM node:onbuild` makes of a reader's directory, by Testcontainers on a machine's own engine. Its dependency has nothing to compile:
 * own-code.test.ts has that.
 */

const lab = new LabCli('own-code', '', 1);
/** The image it stands on is made first, on a host without caches. */
const buildMs = 15 * 60_000;

onEngineOf(lab, 'core-01');

it('is an app that npm start runs in /usr/src/app, with its dependencies', { timeout: buildMs }, async () => {
  const directory = join(lab.configDir, 'small');
  const write = (name: string, content: string) => writeFileSync(join(directory, name), content);
  mkdirSync(directory);
  write('Dockerfile', 'FROM node:onbuild\nEXPOSE 3000\n');
  write('package.json', '{"scripts": {"start": "node server.js"}, "dependencies": {"ms": "0.7.1"}}\n');
  write(
    'server.js',
    `require('http').createServer((asked, answer) => answer.end(process.cwd() + ' ' + require('ms')('2 days'))).listen(3000);\n`,
  );
  const built = await lab.lab('image', 'build', directory, '-t', 'own/small');
  expect(built).toMatchObject({ exitCode: 0 });

  const run = { image: 'own/small', ports: [{ host: 3000, container: 3000 }], env: { NODE_ENV: 'production' } };
  const small = await containerOf(run).withWaitStrategy(Wait.forHttp('/', 3000)).start();
  expect(await inspected(small, run.env)).toMatchObject({
    user: '',
    ports: ['3000/tcp'],
    volumes: [],
    workDir: '/usr/src/app',
    entrypoint: [],
    command: ['npm', 'start'],
    env: [],
  });
  expect(await (await fetch('http://172.17.8.101:3000/')).text()).toBe('/usr/src/app 172800000');
  // npm hands SIGTERM on, and says 1 then: as PID 1 of a container it cannot end by the signal that ended its child.
  expect(await stopped(small)).toMatchObject({ exitCode: 1 });
});
