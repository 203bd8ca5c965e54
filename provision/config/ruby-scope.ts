import type { RubyCursor } from './ruby-cursor.ts';
import type { RubyLiteral } from './ruby-value.ts';

/** What a value in config.rb can refer to. */
export interface RubyScope {
  /** The value of a global that is assigned above; undefined: nothing is. */
  readonly global: (name: string) => RubyLiteral | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * Reads the expression at the cursor: for what stands within brackets and in `#{}`.
   * @param depth of brackets around it
   */
  readonly read: (cursor: RubyCursor, depth: number) => RubyLiteral;
}

/** As Ruby's `if`: everything but nil and false. */
export function isTruthy(value: RubyLiteral): boolean {
  return value !== null && value !== false;
}
