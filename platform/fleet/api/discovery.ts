/**
 * GET /discovery: a description of this API in the form of Google's discovery documents, as the original serves one. A client made
 * from it calls `rootUrl` + `servicePath` + a method's `path`.
 * @param host name and port the client has reached the API by
 */
export function discoveryDocument(host: string): Record<string, unknown> {
  return {
    kind: 'discovery#restDescription',
    discoveryVersion: 'v1',
    id: 'fleet:v1',
    name: 'schema',
    version: 'v1',
    title: 'fleet API',
    protocol: 'rest',
    rootUrl: `http://${host}/`,
    servicePath: 'fleet/v1/',
    basePath: '/fleet/v1/',
    baseUrl: `http://${host}/fleet/v1/`,
    schemas,
    resources,
  };
}

const text = { type: 'string' };
const listOf = (schema: string) => ({ type: 'array', items: { $ref: schema } });
const object = (id: string, properties: Readonly<Record<string, object>>) => ({ id, type: 'object', properties });

const schemas = {
  Machine: object('Machine', {
    id: text,
    primaryIP: text,
    hostname: text,
    metadata: { type: 'object', additionalProperties: text },
  }),
  MachinePage: object('MachinePage', { machines: listOf('Machine'), nextPageToken: text }),
  UnitOption: object('UnitOption', { section: text, name: text, value: text }),
  Unit: object('Unit', {
    name: text,
    options: listOf('UnitOption'),
    desiredState: text,
    currentState: text,
    machineID: text,
    reason: text,
  }),
  UnitPage: object('UnitPage', { units: listOf('Unit'), nextPageToken: text }),
  UnitState: object('UnitState', {
    name: text,
    hash: text,
    machineID: text,
    systemdLoadState: text,
    systemdActiveState: text,
    systemdSubState: text,
    message: text,
  }),
  UnitStatePage: object('UnitStatePage', { states: listOf('UnitState'), nextPageToken: text }),
};

const unitName = { type: 'string', location: 'path', required: true };
const query = { type: 'string', location: 'query' };
const page = { nextPageToken: query };

const reads = (id: string, path: string, parameters: object, response: string) => ({
  id,
  httpMethod: 'GET',
  path,
  parameters,
  response: { $ref: response },
});
const writes = (id: string, httpMethod: 'PUT' | 'DELETE', path: string) => ({
  id,
  httpMethod,
  path,
  parameters: { unitName },
});

const resources = {
  Machines: { methods: { List: reads('fleet.Machine.List', 'machines', page, 'MachinePage') } },
  Units: {
    methods: {
      List: reads('fleet.Unit.List', 'units', page, 'UnitPage'),
      Get: reads('fleet.Unit.Get', 'units/{unitName}', { unitName }, 'Unit'),
      Set: { ...writes('fleet.Unit.Set', 'PUT', 'units/{unitName}'), request: { $ref: 'Unit' } },
      Delete: writes('fleet.Unit.Delete', 'DELETE', 'units/{unitName}'),
    },
  },
  UnitState: {
    methods: {
      List: reads('fleet.UnitState.List', 'state', { unitName: query, machineID: query, ...page }, 'UnitStatePage'),
      Get: reads('fleet.UnitState.Get', 'state/{unitName}', { unitName }, 'UnitState'),
    },
  },
};
