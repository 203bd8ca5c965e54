// `npm run docs`: writes docs/errors.md anew.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorsDoc } from './errors-doc.ts';

writeFileSync(join(import.meta.dirname, '../docs/errors.md'), errorsDoc());
