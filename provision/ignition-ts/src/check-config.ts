import { checkNodes } from './check-nodes.ts';
import { checkPasswd } from './check-passwd.ts';
import { checkProxy, checkResource, repeated } from './check-resource.ts';
import { checkShape } from './check-shape.ts';
import { checkUnits } from './check-units.ts';
import type { Problem } from './problem.ts';
import type { IgnitionConfig } from './types.ts';

/**
 * Everything wrong with a value that should be an Ignition config, in order of importance: what would touch the host's disks,
 * then keys and types, then values. Stricter than ignition-validate, which lets pass what only fails or does nothing at boot.
 * @returns no problems exactly when `value` is an IgnitionConfig
 */
export function checkConfig(value: unknown): readonly Problem[] {
  const shape = checkShape(value);
  return shape.length > 0 ? shape : checkValues(value as IgnitionConfig);
}

function checkValues({ ignition, storage, systemd, passwd }: IgnitionConfig): readonly Problem[] {
  const merge = ignition.config?.merge ?? [];
  const authorities = ignition.security?.tls?.certificateAuthorities ?? [];
  const { replace } = ignition.config ?? {};
  return [
    ...merge.flatMap((r, i) => checkResource(r, ['ignition', 'config', 'merge', i], 'required')),
    ...repeated(merge, (r) => r.source, ['ignition', 'config', 'merge'], 'source'),
    ...(replace ? checkResource(replace, ['ignition', 'config', 'replace'], 'required') : []),
    ...authorities.flatMap((r, i) =>
      checkResource(r, ['ignition', 'security', 'tls', 'certificateAuthorities', i], 'required'),
    ),
    ...repeated(authorities, (r) => r.source, ['ignition', 'security', 'tls', 'certificateAuthorities'], 'source'),
    ...checkProxy(ignition.proxy),
    ...checkNodes(storage),
    ...checkUnits(systemd?.units ?? []),
    ...checkPasswd(passwd),
  ];
}
