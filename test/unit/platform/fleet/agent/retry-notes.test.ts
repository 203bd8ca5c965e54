import { expect, test } from 'vitest';
import { LabError } from '#errors/lab-error.ts';
import { formatLine, type Log } from '#platform/fleet/parts/log.ts';
import { retryNotes } from '#platform/fleet/agent/retry-notes.ts';

test('each cause is said once, with what is known of it, and so is its end', () => {
  const lines: string[] = [];
  const log: Log = (event, fields) => lines.push(formatLine(event, fields));
  const notes = retryNotes(log, 'agent');
  const silent = new LabError({
    code: 'timeout.systemd',
    cause: 'systemd does not answer at /run/systemd/private',
    evidence: ['connect ENOENT /run/systemd/private'],
    next: 'systemctl is-system-running',
  });
  notes.succeeded();
  for (let n = 0; n < 3; n++) notes.failed(silent);
  notes.failed(new Error('another'));
  notes.failed(silent);
  notes.succeeded();
  notes.succeeded();
  notes.failed(silent);
  const said =
    'agent event=retry cause="systemd does not answer at /run/systemd/private" evidence="connect ENOENT /run/systemd/private" next="systemctl is-system-running"';
  expect(lines).toEqual([
    said,
    'agent event=retry cause=another',
    said,
    'agent event=goes-on after="systemd does not answer at /run/systemd/private"',
    said,
  ]);
});
