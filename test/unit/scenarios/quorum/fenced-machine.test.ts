import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it, onTestFinished } from 'vitest';
import { fence } from '#platform/fleet/daemon/fence.ts';
import { formatLine } from '#platform/fleet/parts/log.ts';
import { presenceRenewalMs } from '#scenarios/harness/prediction/detection.ts';
import { fencedFinding, noneActive, predictFence, whenFenceClosed } from '#scenarios/quorum/fenced-machine.ts';
import { load } from '../../provision/config/config-directory.ts';
import { journal, runBeganMs } from '../recorded.ts';

const unit = 'fleet.service';
const closes = 'fence event=closed reason="nothing of etcd for 5 s: units that are not global stop"';
const line = (atMs: number, machine: string, message = closes) => journal(atMs, machine, unit, message);

it('a fence closes when the machine itself first says so after the fault', () => {
  const lines = [
    line(900, 'core-03'),
    line(6_000, 'core-02'),
    line(6_500, 'core-03', 'fence event=open reason="etcd answers"'),
    line(7_000.4, 'core-03'),
    line(9_000, 'core-03'),
  ];
  expect(whenFenceClosed(lines, 'core-03', 1_000, runBeganMs)).toBe(7_000);
  expect(whenFenceClosed(lines, 'core-01', 1_000, runBeganMs)).toBeUndefined();
  expect(whenFenceClosed(lines, 'core-03', 9_001, runBeganMs)).toBeUndefined();
});

it("knows fleet's own words for it", async () => {
  const said: string[] = [];
  await new Promise<void>((onChange) => {
    const log: Parameters<typeof fence>[0]['log'] = (event, fields) => void said.push(formatLine(event, fields));
    const its = fence({ ttlSeconds: 0.01, isAlone: () => false, log, onChange });
    onTestFinished(() => its.end());
    its.contact();
  });
  expect(said).toHaveLength(1);
  const lines = said.map((message) => line(5, 'core-01', message));
  expect(whenFenceClosed(lines, 'core-01', 0, runBeganMs)).toBe(5);
});

it('is predicted from the age of the last answer on to the end of the fault', () => {
  const { timers } = load({});
  const { minMs, maxMs, terms } = predictFence({ fromMs: 10_000, doneMs: 10_300 }, timers);
  expect(maxMs).toBe(5_000 + 300 + 500);
  expect(minMs).toBe(5_000 - presenceRenewalMs(timers) - 500);
  expect(minMs).toBeLessThan(5_000 - 500);
  expect(terms).toMatch(/^5 s from etcd's last answer, which was up to \d(\.\d+)? s old$/);
});

it('is proved by a fence that closed and a Docker engine without containers, and by nothing less', () => {
  const units = ['web@1.service', 'worker.service'];
  expect(fencedFinding('core-03', units, 7_000, [])).toEqual({
    name: 'core-03 stops its units: others might have a quorum and start them',
    verdict: 'pass',
    evidence: '2 units stopped; no container runs',
  });
  expect(fencedFinding('core-03', units, 7_000, ['web-1'])).toMatchObject({
    verdict: 'fail',
    evidence: '2 units stopped; containers: web-1',
  });
  expect(fencedFinding('core-03', units, undefined, [])).toMatchObject({
    verdict: 'fail',
    evidence: 'no fence of core-03 closed',
  });
});

it('asks systemd which units are left, and takes no answer for a stopped one', async () => {
  const bin = mkdtempSync(join(tmpdir(), 'fenced-'));
  onTestFinished(() => rmSync(bin, { recursive: true }));
  const states = (...lines: string[]) => {
    // As systemctl is-active(1): a line for each unit, in their order.
    writeFileSync(
      join(bin, 'systemctl'),
      `#!/bin/sh\n[ "$1" = is-active ] || exit 2\n${lines.map((one) => `echo ${one}\n`).join('')}`,
    );
    chmodSync(join(bin, 'systemctl'), 0o755);
  };
  const exec = ([program = '', ...args]: readonly string[]) => execa(join(bin, program), args, { reject: false });
  const condition = noneActive({ name: 'core-03', exec }, ['a.service', 'b.service', 'c.service']);
  expect(condition.name).toBe('core-03 has stopped its units');
  states('active', 'deactivating', 'inactive');
  expect(await condition.missing()).toBe('still there: a.service, b.service');
  states('inactive', 'failed');
  expect(await condition.missing()).toBe('still there: c.service');
  states('inactive', 'failed', 'inactive');
  expect(await condition.missing()).toBeUndefined();
});
