import { z } from 'zod';
import type { IgnitionConfig } from './types.ts';

const resource = z.strictObject({
  source: z.string().exactOptional(),
  compression: z.enum(['', 'gzip']).nullable().exactOptional(),
  httpHeaders: z.array(z.strictObject({ name: z.string(), value: z.string().exactOptional() })).exactOptional(),
  verification: z.strictObject({ hash: z.string().exactOptional() }).exactOptional(),
});

const id = z.number().int().min(0).max(4_294_967_294);
const owner = z.strictObject({ id: id.exactOptional(), name: z.string().min(1).exactOptional() });

const node = {
  path: z.string(),
  overwrite: z.boolean().exactOptional(),
  user: owner.exactOptional(),
  group: owner.exactOptional(),
};
const mode = z.number().int().min(0);

const storage = z.strictObject({
  directories: z.array(z.strictObject({ ...node, mode: mode.exactOptional() })).exactOptional(),
  files: z
    .array(
      z.strictObject({
        ...node,
        mode: mode.exactOptional(),
        contents: resource.exactOptional(),
        append: z.array(resource).exactOptional(),
      }),
    )
    .exactOptional(),
  links: z
    .array(z.strictObject({ ...node, target: z.string().min(1), hard: z.boolean().exactOptional() }))
    .exactOptional(),
});

const unit = z.strictObject({
  name: z.string(),
  enabled: z.boolean().exactOptional(),
  mask: z.boolean().exactOptional(),
  contents: z.string().exactOptional(),
  dropins: z.array(z.strictObject({ name: z.string(), contents: z.string().exactOptional() })).exactOptional(),
});

const user = z.strictObject({
  name: z.string(),
  passwordHash: z.string().exactOptional(),
  sshAuthorizedKeys: z.array(z.string()).exactOptional(),
  uid: id.exactOptional(),
  gecos: z.string().exactOptional(),
  homeDir: z.string().exactOptional(),
  noCreateHome: z.boolean().exactOptional(),
  primaryGroup: z.string().min(1).exactOptional(),
  groups: z.array(z.string().min(1)).exactOptional(),
  noUserGroup: z.boolean().exactOptional(),
  noLogInit: z.boolean().exactOptional(),
  shell: z.string().exactOptional(),
  shouldExist: z.boolean().exactOptional(),
  system: z.boolean().exactOptional(),
});

const group = z.strictObject({
  name: z.string(),
  gid: id.exactOptional(),
  passwordHash: z.string().exactOptional(),
  shouldExist: z.boolean().exactOptional(),
  system: z.boolean().exactOptional(),
});

const seconds = z.number().int().min(0);

/** The shape of a config: keys and types. What their values must be is checked beside it (check-*.ts). */
export const schema: z.ZodType<IgnitionConfig> = z.strictObject({
  ignition: z.strictObject({
    version: z.literal('3.3.0'),
    config: z
      .strictObject({ merge: z.array(resource).exactOptional(), replace: resource.exactOptional() })
      .exactOptional(),
    timeouts: z
      .strictObject({ httpResponseHeaders: seconds.exactOptional(), httpTotal: seconds.exactOptional() })
      .exactOptional(),
    security: z
      .strictObject({
        tls: z.strictObject({ certificateAuthorities: z.array(resource).exactOptional() }).exactOptional(),
      })
      .exactOptional(),
    proxy: z
      .strictObject({
        httpProxy: z.string().exactOptional(),
        httpsProxy: z.string().exactOptional(),
        noProxy: z.array(z.string().min(1)).exactOptional(),
      })
      .exactOptional(),
  }),
  storage: storage.exactOptional(),
  systemd: z.strictObject({ units: z.array(unit).exactOptional() }).exactOptional(),
  passwd: z
    .strictObject({ users: z.array(user).exactOptional(), groups: z.array(group).exactOptional() })
    .exactOptional(),
});
