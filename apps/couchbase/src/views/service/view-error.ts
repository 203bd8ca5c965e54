import { LabError } from '../../../../../errors/lab-error.ts';
import type { FailureCode } from '../indexer/messages.ts';

const correct = 'correct the functions of the view and publish the design document again';

/** What a refusal of the process of views is to whoever asked. */
export const viewErrors: Readonly<Record<FailureCode, (cause: string) => LabError>> = {
  map: (cause) => new LabError({ code: 'input.map', cause, next: correct }),
  timeout: (cause) => new LabError({ code: 'input.map-timeout', cause, next: correct }),
  limit: (cause) => new LabError({ code: 'input.view-limit', cause, next: correct }),
  reduce: (cause) =>
    new LabError({ code: 'input.reduce', cause, next: 'emit what it can take, or query with reduce=false' }),
  busy: (cause) =>
    new LabError({ code: 'busy.view-rows', cause, next: 'read the rows of other queries, or set a limit' }),
};
