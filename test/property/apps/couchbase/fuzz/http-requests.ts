import fc from 'fast-check';

/** One request by HTTP, to the port of management or of views. */
export interface HttpRequest {
  readonly kind: 'http';
  readonly port: 'mgmt' | 'capi';
  readonly method: string;
  /** Path and query, as they are sent. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const odd = fc.oneof(
  fc.constantFrom(
    '',
    '0',
    '-1',
    '1e99',
    'NaN',
    '%',
    '%zz',
    '%00',
    '..%2f..',
    'null',
    '[]',
    '{}',
    '"',
    'ü',
    '_',
    '@local',
    '__proto__',
    'constructor',
  ),
  fc.string({ maxLength: 40 }),
);
/** A part of a path: as it is where it is one, else in the form of URLs. */
const part = (...usual: string[]) =>
  fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...usual) },
    odd.map((text) => (/^[\w%.@-]*$/u.test(text) ? text : encodeURIComponent(text))),
  );

const bucket = part('default', 'default', 'default', 'none');
const under = (before: string, ...parts: fc.Arbitrary<string>[]) =>
  fc.tuple(...parts).map((names) => [before, ...names].join('/'));
const managed = fc.oneof(
  fc.constantFrom(
    '/',
    '/pools',
    '/pools/default',
    '/pools/nodes',
    '/pools/default/tasks',
    '/pools/default/buckets',
    '/nodes/self',
    '/whoami',
    '/clusterInit',
    '/node/controller/rename',
    '/node/controller/setupServices',
    '/nodes/self/controller/settings',
    '/settings/web',
    '/settings/stats',
    '/settings/indexes',
    '/settings/autoFailover',
    '/settings/readOnlyUser',
    '/settings/rbac/roles',
    '/settings/rbac/users',
    '/settings/rbac/groups',
    '/pools/default/nodeServices',
    '/uilogin',
    '/uilogout',
    '/pools/default/serverGroups',
    '/follow',
    '/follow/state',
    '/follow/promote',
    '/index.html',
    '/settings/readOnlyAdminName',
  ),
  under('/pools/default/buckets', bucket),
  under('/pools/default/buckets', bucket, part('docs', 'stats', 'nodes', 'scopes', 'ddocs', 'localRandomKey')),
  under('/pools/default/buckets', bucket, fc.constant('docs'), part('a', 'json', 'k')),
  under('/pools/default/buckets', bucket, fc.constant('stats'), part('ops', 'cmd_get')),
  under('/pools/default/buckets', bucket, fc.constant('controller'), part('doFlush', 'compactBucket')),
  under(
    '/pools/default/buckets',
    bucket,
    fc.constant('scopes'),
    part('_default', 's'),
    part('collections'),
    part('_default', 'c'),
  ),
  under('/pools/default/buckets', bucket, fc.constant('scopes'), part('_default', 's'), part('collections')),
  under('/pools/default/buckets', bucket, fc.constant('scopes'), part('s')),
  under('/pools/default/b', bucket),
  under('/settings/rbac/users', part('local', 'external'), part('jane', 'joe')),
  under('/settings/rbac/groups', part('writers', 'g')),
  under('/ui', part('index.html', 'assets', '..')),
  under(
    '',
    odd.map((text) => encodeURIComponent(text)),
  ),
);
const views = fc.oneof(
  under('', bucket, fc.constant('_design'), part('d', 'dev_d')),
  under('', bucket, fc.constant('_design'), part('d', 'dev_d'), fc.constant('_view'), part('v', 'w')),
  under('/couchBase', bucket, fc.constant('_design'), part('d')),
);

const names = [
  'name',
  'ramQuotaMB',
  'memoryQuota',
  'bucketType',
  'replicaNumber',
  'flushEnabled',
  'maxTTL',
  'maxExpiry',
  'durabilityMinLevel',
  'evictionPolicy',
  'authType',
  'saslPassword',
  'proxyPort',
  'password',
  'roles',
  'groups',
  'description',
  'username',
  'user',
  'services',
  'port',
  'hostname',
  'limit',
  'skip',
  'startkey',
  'endkey',
  'key',
  'keys',
  'q',
  'preview',
  'include_docs',
  'inclusive_end',
  'stale',
  'reduce',
  'group',
  'group_level',
  'descending',
  'zoom',
  'haveTStamp',
  'value',
  'flags',
  'expiry',
  'history',
  'clusterName',
  'storageMode',
  'enabled',
  'timeout',
  'full_set',
  'on_error',
  'debug',
];
const fieldValue = fc.oneof(
  fc.constantFrom(
    'c',
    's',
    '100',
    '256',
    'couchbase',
    'ephemeral',
    'true',
    'false',
    '1',
    '9999999999',
    'admin',
    'bucket_full_access[*]',
    'data_reader[default:s:c]',
    '[1,2]',
    '"a"',
    'sasl',
    'secret-1',
    'kv,index',
    'minute',
    '8091',
    'SAME',
  ),
  odd,
);
const form = fc
  .array(fc.tuple(fc.constantFrom(...names), fieldValue), { maxLength: 8 })
  .map((fields) => new URLSearchParams(fields.map(([name, value]) => [name, value])).toString());
const body = fc.oneof(
  { weight: 4, arbitrary: form },
  fc.json(),
  fc.constantFrom(
    '',
    '{',
    '[',
    'null',
    '1',
    '{"views":{"v":{"map":1}}}',
    '{"views":[]}',
    '{"views":{"v":null}}',
    '[{"name":"s","collections":[{"name":"c"}]}]',
    '['.repeat(3000),
  ),
  fc.string({ maxLength: 300 }),
);
const administrator = { authorization: `Basic ${Buffer.from('Administrator:Password1').toString('base64')}` };
const headers = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ ...administrator, 'content-type': 'application/x-www-form-urlencoded' }) },
  { weight: 6, arbitrary: fc.constant({ ...administrator, 'content-type': 'application/json' }) },
  fc.record(
    {
      authorization: fc.constantFrom('Basic', 'Basic !', 'Basic OjA=', 'Bearer x', administrator.authorization),
      'content-type': fc.constantFrom('text/plain', 'multipart/form-data; boundary=x', 'application/json'),
      origin: fc.constantFrom('http://elsewhere', 'null'),
      cookie: fc.constantFrom('ui-auth-x=y', '=', ';;;'),
      'if-match': fc.constantFrom('"x"', '*', ''),
      'ns-server-ui': fc.constantFrom('yes', 'no'),
    },
    { requiredKeys: [] },
  ),
);

/** Methods that mean something, by what the path ends with. None of them deletes the bucket, without which little is left to try. */
const usualMethods: readonly (readonly [path: RegExp, methods: readonly string[]])[] = [
  [/\/(?:users|groups)\/.+|\/readOnlyUser$|_design\/[^/]*$/u, ['GET', 'PUT', 'PUT', 'DELETE']],
  [/\/docs\/|_view\//u, ['GET', 'POST', 'DELETE']],
  [/\/collections\//u, ['PATCH', 'DELETE']],
  [/\/scopes\/[^/]*$/u, ['DELETE']],
  [/\/scopes$|\/buckets(?:\/[^/]*)?$|^\/settings\/|^\/pools\/default$/u, ['GET', 'POST', 'POST']],
  [/controller|clusterInit|\/collections$|setupServices|uilog|promote/u, ['POST']],
  [/./u, ['GET']],
];
const methodFor = (path: string) =>
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.constantFrom(...(usualMethods.find(([pattern]) => pattern.test(path))?.[1] ?? ['GET'])),
    },
    fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'),
  );

const place = fc.oneof(
  { weight: 4, arbitrary: managed.map((path) => ({ port: 'mgmt' as const, path })) },
  { weight: 1, arbitrary: views.map((path) => ({ port: 'capi' as const, path })) },
);

/** Any request to what there is, or nearly, with fields that mean something somewhere. */
export const httpRequest: fc.Arbitrary<HttpRequest> = place
  .chain(({ port, path }) =>
    fc.record({
      port: fc.constant(port),
      path: fc.constant(path),
      method: methodFor(path),
      query: fc.oneof(fc.constant(''), form),
      headers,
      body,
    }),
  )
  .map(({ path, query, ...rest }) => ({
    kind: 'http',
    target: query === '' ? path : `${path}?${query}`,
    ...rest,
  }));
