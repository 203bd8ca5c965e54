import { checkConfig } from './check-config.ts';
import { problemError } from './problem.ts';
import type { IgnitionConfig, IgnitionFragment } from './types.ts';

/**
 * Completes a fragment with the spec version, checks everything and freezes it.
 * @returns a config that `ignition-validate` accepts without a word
 * @throws LabError ignition.* naming the JSON path; further problems are its evidence
 */
export function defineConfig(fragment: IgnitionFragment): IgnitionConfig {
  const config: IgnitionConfig = { ...fragment, ignition: { version: '3.3.0', ...fragment.ignition } };
  const [first, ...others] = checkConfig(config);
  if (first) throw problemError([first, ...others]);
  return deepFreeze(structuredClone(config));
}

function deepFreeze<T extends object>(value: T): T {
  for (const child of Object.values(value))
    if (typeof child === 'object' && child !== null) deepFreeze(child as object);
  return Object.freeze(value);
}
