import { LabError } from '#errors/lab-error.ts';

/** An image by its place in a registry. */
export interface ImageName {
  /** `library/memcached` */
  readonly repository: string;
  readonly tag: string;
}

/** Docker's short names: no tag is latest, no user is library. Pure. */
export function imageName(image: string): ImageName {
  const [, name = image, tag = 'latest'] = /^(.*?)(?::([^:/]+))?$/.exec(image) ?? [];
  return { repository: name.includes('/') ? name : `library/${name}`, tag };
}

/** As people write it: `memcached:1`, not `library/memcached:1`. Pure. */
export function shortName({ repository, tag }: ImageName): string {
  return `${repository.replace(/^library\//, '')}:${tag}`;
}

const part = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const repositoryPattern = new RegExp(`^${part}(?:/${part})*$`);
const tagPattern = /^\w[\w.-]{0,127}$/;

/**
 * A name that somebody typed (grammar of distribution/reference).
 * @param registry `address:port` of the lab's registry, which may stand before the name
 * @throws LabError `usage.image-name`: what Docker would not take, a digest, or another registry's name
 */
export function readImageName(typed: string, registry: string): ImageName {
  const local = typed.startsWith(`${registry}/`) ? typed.slice(registry.length + 1) : typed;
  const first = local.split('/')[0] ?? '';
  const refuse = (why: string, next: string) =>
    new LabError({ code: 'usage.image-name', cause: `${JSON.stringify(typed)} ${why}`, next });
  // Its first part is a registry's when it has a point or a colon, or is localhost.
  if (local.includes('/') && (/[.:]/.test(first) || first === 'localhost'))
    throw refuse(
      `is in the registry ${first}, which no machine of the lab reaches`,
      `name it without: ${local.slice(first.length + 1)}`,
    );
  const name = imageName(local);
  if (local.includes('@')) throw refuse('has a digest', `name a tag: ${local.replace(/@.*/, '')}:latest`);
  if (repositoryPattern.test(name.repository) && tagPattern.test(name.tag) && name.repository.length <= 255)
    return name;
  throw refuse(
    'cannot name an image: small letters, digits, and . _ - between them, with / between its parts and :TAG behind',
    'for example: mattbailey/ch6-worker:latest',
  );
}
