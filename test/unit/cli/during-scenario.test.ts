import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labPaths } from '#provision/machines/ground/lab-paths.ts';
import { takeScenarioLock } from '#scenarios/harness/faults/scenario-lock.ts';
import { LabCli, labName } from './lab-process.ts';

describe.skipIf(process.getuid?.() !== 0)('while a scenario runs', () => {
  const lab = new LabCli();
  const paths = labPaths(labName, join(lab.dir, 'state'));
  let release: () => Promise<void>;
  beforeAll(async () => {
    await lab.build();
    mkdirSync(paths.stateDir, { recursive: true });
    release = await takeScenarioLock(paths, 'lab scenario failover --by cut');
  }, 300_000);
  afterAll(() => lab.remove());

  it.each([['up'], ['up core-01'], ['halt'], ['halt core-02'], ['cut core-01'], ['destroy core-03'], ['destroy']])(
    'lab %s is refused, with who runs it: 73',
    async (words) => {
      const { exitCode, stderr } = await lab.run(...words.split(' '));
      const holder = `lab scenario failover --by cut (process ${process.pid}, since `;
      expect(exitCode).toBe(73);
      expect(stderr).toContain(`counts on what it began itself: ${holder}`);
      expect(stderr).toContain(`next  wait for it, or end it in order: kill -INT ${process.pid}`);
      expect(existsSync(paths.stateDir)).toBe(true);
    },
  );

  it('what only looks is answered', async () => {
    expect(await lab.run('status')).toMatchObject({ exitCode: 0 });
  });

  it('once it has ended, destroy does its work', async () => {
    await release();
    expect(await lab.run('destroy')).toMatchObject({ exitCode: 0 });
    expect(lab.leftovers()).toEqual([]);
  });
});
