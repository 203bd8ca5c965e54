import * as z from 'zod/mini';
import { formOf } from '../../form.ts';
import type { Outcome } from '../../outcome.ts';
import { failed, report, type Command, type CommandContext } from '../command.ts';
import { bucketName, bucketPath } from './bucket-options.ts';

const actions = {
  'create-scope': (context: CommandContext, scope: string) =>
    report(context.client.send('POST', scopesPath(context), { name: scope }), 'Scope created'),
  'drop-scope': (context: CommandContext, scope: string) =>
    report(context.client.send('DELETE', `${scopesPath(context)}/${encodeURIComponent(scope)}`), 'Scope deleted'),
  'list-scopes': (context: CommandContext) =>
    list(context, (scopes) => ({ code: 0, lines: scopes.map(({ name }) => name) })),
  'create-collection': createCollection,
  'drop-collection': (context: CommandContext, path: string) =>
    withCollection(context, path, (collections, name) =>
      report(context.client.send('DELETE', `${collections}/${encodeURIComponent(name)}`), 'Collection deleted'),
    ),
  'list-collections': (context: CommandContext, wanted: string) =>
    list(context, (scopes) => {
      const scope = scopes.find(({ name }) => name === wanted);
      if (scope === undefined) return failed([`Scope ${wanted} does not exist`]);
      return { code: 0, lines: scope.collections.map(({ name }) => name) };
    }),
} as const;
const names = Object.keys(actions) as (keyof typeof actions)[];
const words = `${names
  .slice(0, -1)
  .map((name) => `--${name}`)
  .join(', ')}, or --list-collections`;

/** collection-manage of 7.x. Paths of collections are `SCOPE.COLLECTION`; an empty part is `_default`. */
export const collectionManage: Command = {
  name: 'collection-manage',
  description: 'Manage collections in a bucket',
  options: [
    bucketName,
    { name: 'create-scope', takes: 'value' },
    { name: 'drop-scope', takes: 'value' },
    { name: 'list-scopes', takes: 'nothing' },
    { name: 'create-collection', takes: 'value' },
    { name: 'drop-collection', takes: 'value' },
    { name: 'list-collections', takes: 'optional', otherwise: '_default' },
    { name: 'max-ttl', takes: 'integer' },
  ],
  run: (context) => {
    const { option } = context;
    const [first, ...more] = names.filter((name) => option(name) !== undefined);
    if (first === undefined) return Promise.resolve(failed([`Must specify one of the following: ${words}`]));
    if (more.length > 0) return Promise.resolve(failed([`Only one of the following may be specified: ${words}`]));
    if (option('max-ttl') !== undefined && first !== 'create-collection')
      return Promise.resolve(failed(['--max-ttl can only be set with --create-collection']));
    return actions[first](context, option(first) ?? '');
  },
};

function scopesPath({ option }: CommandContext): string {
  return `${bucketPath(option('bucket') ?? '')}/scopes`;
}

function createCollection(context: CommandContext, path: string): Promise<Outcome> {
  return withCollection(context, path, (collections, name) => {
    const form = formOf({ name, maxTTL: context.option('max-ttl') });
    return report(context.client.send('POST', collections, form), 'Collection created');
  });
}

function withCollection(
  context: CommandContext,
  path: string,
  then: (collections: string, name: string) => Promise<Outcome>,
): Promise<Outcome> {
  const parts = path.split('.').map((part) => (part === '' ? '_default' : part));
  const [scope, name] = parts;
  if (scope === undefined || name === undefined || parts.length !== 2)
    return Promise.resolve(failed([`invalid collection path ${path}`]));
  return then(`${scopesPath(context)}/${encodeURIComponent(scope)}/collections`, name);
}

const manifest = z.object({
  scopes: z.array(z.object({ name: z.string(), collections: z.array(z.object({ name: z.string() })) })),
});

async function list(
  context: CommandContext,
  show: (scopes: z.infer<typeof manifest>['scopes']) => Outcome,
): Promise<Outcome> {
  const answer = await context.client.get(scopesPath(context), manifest);
  return 'errors' in answer ? failed(answer.errors) : show(answer.value.scopes);
}
