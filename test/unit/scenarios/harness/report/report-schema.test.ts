import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { reportJsonSchema } from '#scenarios/harness/report/report-schema.ts';

it('docs/report.schema.json is what the code says (to renew it: ./lab report --schema > docs/report.schema.json)', () => {
  const file = join(import.meta.dirname, '../../../../../docs/report.schema.json');
  expect(readFileSync(file, 'utf8')).toBe(reportJsonSchema());
});
