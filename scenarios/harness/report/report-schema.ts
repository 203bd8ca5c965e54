import { z } from 'zod';
import { runReportSchema } from '../record/run-report.ts';

/** `docs/report.schema.json`: what every `report.json` of this version keeps to (JSON Schema 2020-12). */
export function reportJsonSchema(): string {
  const schema = z.toJSONSchema(runReportSchema, { target: 'draft-2020-12' });
  return `${JSON.stringify({ title: 'Report of a coreos-lab scenario run', ...schema }, null, 2)}\n`;
}
