import { parseUnitFile } from '#platform/fleet/unit/parse.ts';
import type { Operation } from '../history/event.ts';
import type { ApiCall } from '../machines/api-door.ts';

/** What a user asks for as a request of fleet's API. Pure. @param idOf a machine's id by its name */
export function callOf(operation: Operation, idOf: (machine: string) => string): ApiCall {
  switch (operation.kind) {
    case 'create': {
      const { unit, text, desired } = operation;
      return {
        method: 'PUT',
        path: ['units', unit],
        body: { name: unit, options: parseUnitFile(text, unit), desiredState: desired },
      };
    }
    case 'replace':
      return {
        method: 'PUT',
        path: ['units', operation.unit],
        body: { options: parseUnitFile(operation.text, operation.unit) },
      };
    case 'want':
      return { method: 'PUT', path: ['units', operation.unit], body: { desiredState: operation.desired } };
    case 'destroy':
      return { method: 'DELETE', path: ['units', operation.unit] };
    case 'metadata': {
      const { machine, key, value } = operation;
      const path = `/${idOf(machine)}/metadata/${key}`;
      return { method: 'PATCH', path: ['machines'], body: [{ op: 'add', path, value: { value } }] };
    }
  }
}
