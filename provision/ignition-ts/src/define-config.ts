import { checkConfig } from './check-config.ts';
import { problemError, type Place } from './problem.ts';
import { schema } from './schema.ts';
import type { IgnitionConfig, IgnitionFragment } from './types.ts';

/**
 * Completes a fragment with the spec version, checks everything and freezes it.
 * @returns a config that `ignition-validate` accepts without a word
 * @throws LabError ignition.* naming the JSON path; further problems are its evidence
 */
export function defineConfig(fragment: IgnitionFragment): IgnitionConfig {
  return checkedConfig({ ...fragment, ignition: { version: '3.3.0', ...fragment.ignition } });
}

/** The same of a value that may be anything. @param place says where in a file a path stands */
export function checkedConfig(value: unknown, place?: Place): IgnitionConfig {
  const [first, ...others] = checkConfig(value);
  if (first) throw problemError([first, ...others], place);
  return deepFreeze(schema.parse(value));
}

function deepFreeze<T extends object>(value: T): T {
  for (const child of Object.values(value))
    if (typeof child === 'object' && child !== null) deepFreeze(child as object);
  return Object.freeze(value);
}
