import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { expect } from 'vitest';

/** The text is what the file says. `REWRITE=1 npx vitest run PATH` writes it there instead; then read the diff. */
export function expectKept(file: string, now: string): void {
  if (process.env['REWRITE'] === '1') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, now);
    return;
  }
  const kept = existsSync(file) ? readFileSync(file, 'utf8') : 'there is no such file yet';
  expect(now, `not what ${relative(process.cwd(), file)} says; REWRITE=1 writes it anew`).toBe(kept);
}
