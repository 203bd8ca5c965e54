/** GET /discovery: a description of this API in the form of Google's discovery documents, as the original serves one. */
export function discoveryDocument(): Record<string, unknown> {
  const name = { unitName: { type: 'string', location: 'path', required: true } };
  const page = { nextPageToken: { type: 'string', location: 'query' } };
  const filter = {
    unitName: { type: 'string', location: 'query' },
    machineID: { type: 'string', location: 'query' },
    ...page,
  };
  const text = { type: 'string' };
  const list = (of: string): Record<string, unknown> => ({ type: 'array', items: { $ref: of } });
  return {
    kind: 'discovery#restDescription',
    discoveryVersion: 'v1',
    id: 'fleet:v1',
    name: 'schema',
    version: 'v1',
    title: 'fleet API',
    protocol: 'rest',
    basePath: '/fleet/v1/',
    schemas: {
      Machine: {
        id: 'Machine',
        type: 'object',
        properties: {
          id: text,
          primaryIP: text,
          hostname: text,
          metadata: { type: 'object', additionalProperties: text },
        },
      },
      MachinePage: {
        id: 'MachinePage',
        type: 'object',
        properties: { machines: list('Machine'), nextPageToken: text },
      },
      UnitOption: { id: 'UnitOption', type: 'object', properties: { section: text, name: text, value: text } },
      Unit: {
        id: 'Unit',
        type: 'object',
        properties: {
          name: text,
          options: list('UnitOption'),
          desiredState: text,
          currentState: text,
          machineID: text,
          reason: text,
        },
      },
      UnitPage: { id: 'UnitPage', type: 'object', properties: { units: list('Unit'), nextPageToken: text } },
      UnitState: {
        id: 'UnitState',
        type: 'object',
        properties: {
          name: text,
          hash: text,
          machineID: text,
          systemdLoadState: text,
          systemdActiveState: text,
          systemdSubState: text,
          message: text,
        },
      },
      UnitStatePage: {
        id: 'UnitStatePage',
        type: 'object',
        properties: { states: list('UnitState'), nextPageToken: text },
      },
    },
    resources: {
      Machines: {
        methods: {
          List: {
            id: 'fleet.Machine.List',
            httpMethod: 'GET',
            path: 'machines',
            parameters: page,
            response: { $ref: 'MachinePage' },
          },
        },
      },
      Units: {
        methods: {
          List: {
            id: 'fleet.Unit.List',
            httpMethod: 'GET',
            path: 'units',
            parameters: page,
            response: { $ref: 'UnitPage' },
          },
          Get: {
            id: 'fleet.Unit.Get',
            httpMethod: 'GET',
            path: 'units/{unitName}',
            parameters: name,
            response: { $ref: 'Unit' },
          },
          Set: {
            id: 'fleet.Unit.Set',
            httpMethod: 'PUT',
            path: 'units/{unitName}',
            parameters: name,
            request: { $ref: 'Unit' },
          },
          Delete: { id: 'fleet.Unit.Delete', httpMethod: 'DELETE', path: 'units/{unitName}', parameters: name },
        },
      },
      UnitState: {
        methods: {
          List: {
            id: 'fleet.UnitState.List',
            httpMethod: 'GET',
            path: 'state',
            parameters: filter,
            response: { $ref: 'UnitStatePage' },
          },
        },
      },
    },
  };
}
