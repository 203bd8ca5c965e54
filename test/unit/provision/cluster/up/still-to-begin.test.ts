import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { noLongerToBegin, rememberBeginners, stillToBegin } from '#provision/cluster/up/still-to-begin.ts';
import { load } from '../../config/config-directory.ts';

let dir: string;
let lab: { config: ReturnType<typeof load> };
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lab-begin-'));
  lab = { config: { ...load({ rb: '', toml: '', hostCpus: 2, provider: 'vagrant' }), stateDir: dir } };
});
afterEach(() => rmSync(dir, { recursive: true }));

it('a machine begins once, whoever makes it', async () => {
  expect(await stillToBegin(lab)).toEqual([]);
  await noLongerToBegin(lab, ['core-01']);
  expect(existsSync(dir) && readdirSync(dir)).toEqual([]);
  await rememberBeginners(lab, ['core-02', 'core-03']);
  await noLongerToBegin(lab, ['core-01', 'core-02']);
  expect(await stillToBegin(lab)).toEqual(['core-03']);
  await noLongerToBegin(lab, ['core-03']);
  expect(readdirSync(dir)).toEqual([]);
});
