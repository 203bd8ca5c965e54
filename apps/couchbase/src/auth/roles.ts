import { everywhere, type Access, type Area, type Extent, type Grant } from './permission.ts';

/** What a role is given for, outermost first: `data_reader[bucket:scope:collection]`. */
export type Parameter = 'bucket_name' | 'scope_name' | 'collection_name';

/** A role that can be assigned. Names, titles and what they permit: ns_server, menelaus_roles.erl (7.x). */
export interface RoleDefinition {
  readonly role: string;
  readonly parameters: readonly Parameter[];
  readonly title: string;
  readonly description: string;
  readonly permits: readonly (readonly [area: Area, to: Access | 'both'])[];
}

const perBucket = ['bucket_name'] as const;
const perCollection = ['bucket_name', 'scope_name', 'collection_name'] as const;

/** Of the real roles those that govern something this server has, and those of the query service, which set-up scripts give to applications. */
export const roleDefinitions: readonly RoleDefinition[] = [
  {
    role: 'admin',
    parameters: [],
    title: 'Full Admin',
    description: 'Everything: settings, users, all data, the web console.',
    permits: (
      [
        'pools',
        'cluster',
        'security',
        'bucket',
        'settings',
        'flush',
        'collections',
        'views',
        'data',
        'changes',
      ] as const
    ).map((area) => [area, 'both'] as const),
  },
  {
    role: 'ro_admin',
    parameters: [],
    title: 'Read-Only Admin',
    description: 'Sees all settings and statistics, and the web console; no documents.',
    permits: (['pools', 'cluster', 'security', 'bucket', 'settings', 'collections', 'views'] as const).map(
      (area) => [area, 'read'] as const,
    ),
  },
  {
    role: 'cluster_admin',
    parameters: [],
    title: 'Cluster Admin',
    description: 'Manages the cluster and its buckets, but neither users nor documents.',
    permits: [
      ['pools', 'read'],
      ['cluster', 'both'],
      ['bucket', 'both'],
      ['settings', 'both'],
      ['flush', 'both'],
      ['collections', 'both'],
    ],
  },
  {
    role: 'bucket_admin',
    parameters: perBucket,
    title: 'Bucket Admin',
    description: 'Manages a bucket; no documents.',
    permits: [
      ['pools', 'read'],
      ['cluster', 'read'],
      ['bucket', 'both'],
      ['settings', 'both'],
      ['flush', 'both'],
      ['collections', 'both'],
    ],
  },
  {
    role: 'scope_admin',
    parameters: ['bucket_name', 'scope_name'],
    title: 'Manage Scopes',
    description: 'Manages scopes and collections of a bucket; no documents.',
    permits: [
      ['pools', 'read'],
      ['bucket', 'read'],
      ['settings', 'read'],
      ['collections', 'both'],
    ],
  },
  {
    role: 'bucket_full_access',
    parameters: perBucket,
    title: 'Application Access',
    description: 'Documents and views of a bucket, for applications; no web console.',
    permits: [
      ['pools', 'read'],
      ['bucket', 'read'],
      ['settings', 'read'],
      ['flush', 'both'],
      ['collections', 'read'],
      ['views', 'both'],
      ['data', 'both'],
    ],
  },
  {
    role: 'views_admin',
    parameters: perBucket,
    title: 'Views Admin',
    description: 'Manages and queries the views of a bucket; sees its documents.',
    permits: [
      ['pools', 'read'],
      ['bucket', 'read'],
      ['settings', 'read'],
      ['views', 'both'],
      ['data', 'read'],
    ],
  },
  {
    role: 'views_reader',
    parameters: perBucket,
    title: 'Views Reader',
    description: 'Queries the views of a bucket; sees its documents.',
    permits: [
      ['pools', 'read'],
      ['bucket', 'read'],
      ['views', 'read'],
      ['data', 'read'],
    ],
  },
  {
    role: 'data_reader',
    parameters: perCollection,
    title: 'Data Reader',
    description: 'Reads documents of a bucket, scope or collection.',
    permits: [
      ['pools', 'read'],
      ['bucket', 'read'],
      ['settings', 'read'],
      ['collections', 'read'],
      ['data', 'read'],
    ],
  },
  {
    role: 'data_writer',
    parameters: perCollection,
    title: 'Data Writer',
    description: 'Writes documents of a bucket, scope or collection; does not read them.',
    permits: [
      ['pools', 'read'],
      ['bucket', 'read'],
      ['settings', 'read'],
      ['collections', 'read'],
      ['data', 'write'],
    ],
  },
  {
    role: 'data_dcp_reader',
    parameters: perBucket,
    title: 'Data DCP Reader',
    description: 'Follows the changes of a bucket (DCP), and so reads all its documents.',
    permits: [
      ['pools', 'read'],
      ['bucket', 'read'],
      ['settings', 'read'],
      ['collections', 'read'],
      ['data', 'read'],
      ['changes', 'read'],
    ],
  },
  {
    role: 'data_monitoring',
    parameters: perCollection,
    title: 'Data Monitor',
    description: 'Sees statistics of a bucket.',
    permits: [
      ['pools', 'read'],
      ['bucket', 'read'],
      ['settings', 'read'],
    ],
  },
  ...(['select', 'insert', 'update', 'delete', 'manage_index'] as const).map((statement) => ({
    role: `query_${statement}`,
    parameters: perCollection,
    title: `Query ${statement.charAt(0).toUpperCase()}${statement.slice(1).replace('_', ' ')}`,
    description: 'A right of the query service, which is not here: taken, and without effect.',
    permits: [
      ['pools', 'read'],
      ['settings', 'read'],
    ] as const,
  })),
];

/** A role as somebody has it: for all buckets, or for a bucket, a scope, a collection. */
export interface Role {
  readonly role: string;
  readonly within: Extent;
}

/** How a role is written: `admin`, `bucket_full_access[*]`, `data_reader[default:_default:pets]`. */
export function roleText({ role, within }: Role): string {
  const { parameters } = definitionOf(role);
  if (parameters.length === 0) return role;
  const given = [within.bucket, within.scope, within.collection].filter((part) => part !== undefined);
  return `${role}[${given.length === 0 ? '*' : given.join(':')}]`;
}

/** Reads one role as it is written; undefined when there is none of that name, or its parameters do not fit. */
export function readRole(text: string): Role | undefined {
  const [, name = '', inner] = /^([a-z_]+)(?:\[([^[\]]+)\])?$/iu.exec(text) ?? [];
  const role = name.toLowerCase();
  const definition = roleDefinitions.find((known) => known.role === role);
  if (definition === undefined || (inner === undefined) !== (definition.parameters.length === 0)) return undefined;
  const parts = inner?.split(':') ?? [];
  if (parts.length > definition.parameters.length || parts.includes('')) return undefined;
  const [bucket, scope, collection] = parts.map((part) => (part === '*' ? undefined : part));
  // A part under "all of them" cannot be one of them.
  if (
    (bucket === undefined && (scope ?? collection) !== undefined) ||
    (scope === undefined && collection !== undefined)
  )
    return undefined;
  return { role, within: { bucket, scope, collection } };
}

/** @throws Error for a role that there is not: roles are read by readRole */
export function definitionOf(role: string): RoleDefinition {
  const found = roleDefinitions.find((known) => known.role === role);
  if (found === undefined) throw new Error(`no role is called ${role}`);
  return found;
}

/** What a role permits. */
export function grantsOf({ role, within }: Role): Grant[] {
  return definitionOf(role).permits.map(([area, to]) => ({
    area,
    to: to === 'both' ? (['read', 'write'] as const) : [to],
    within: area === 'pools' || area === 'cluster' || area === 'security' ? everywhere : within,
  }));
}
