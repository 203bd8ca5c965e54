import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A directory that goes with the test. */
export function dataDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'couchbase-data-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
