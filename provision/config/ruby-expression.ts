import { UnreadableRuby, type RubyCursor } from './ruby-cursor.ts';
import { readLiteral } from './ruby-literal.ts';
import { isTruthy, type RubyScope } from './ruby-scope.ts';
import { asRuby, type RubyLiteral } from './ruby-value.ts';

/** Deeper nesting is no setting, and recursion must end. */
const deepest = 32;

/**
 * Reads a value at the cursor that can be known without running Ruby: a literal, a global above, a variable of the environment, and what
 * `?:`, `||`, `&&`, `!`, comparisons and arithmetic make of those. Every operand is read, also one that Ruby would not look at.
 * @throws UnreadableRuby at what is none
 */
export function readExpression(cursor: RubyCursor, scope: RubyScope, depth = 0): RubyLiteral {
  if (depth > deepest) throw new UnreadableRuby('nested too deeply', cursor.at);
  const condition = level(cursor, scope, depth, 0);
  if (!operator(cursor, /\?(?=\s)/y)) return condition;
  cursor.skipLines();
  const yes = readExpression(cursor, scope, depth + 1);
  cursor.skipLines();
  if (!cursor.take(':')) throw new UnreadableRuby(`expected \`:\` of \`? :\`, not \`${cursor.rest()}\``, cursor.at);
  cursor.skipLines();
  const no = readExpression(cursor, scope, depth + 1);
  return isTruthy(condition) ? yes : no;
}

/** Binary operators, the loosest first, as Ruby binds them. */
const levels: readonly RegExp[] = [
  /\|\|(?!=)/y,
  /&&(?!=)/y,
  /==(?![=~])|!=/y,
  /[<>]=?(?![<=>])/y,
  /[-+](?!=)/y,
  /\*(?![*=])|\/(?!=)|%(?=\s)/y,
];

function level(cursor: RubyCursor, scope: RubyScope, depth: number, index: number): RubyLiteral {
  const pattern = levels[index];
  if (pattern === undefined) return operand(cursor, scope, depth);
  let value = level(cursor, scope, depth, index + 1);
  for (;;) {
    const start = cursor.at;
    const found = operator(cursor, pattern);
    if (found === undefined) return value;
    cursor.skipLines();
    value = applied(found, value, level(cursor, scope, depth, index + 1), start);
  }
}

function operand(cursor: RubyCursor, scope: RubyScope, depth: number): RubyLiteral {
  if (depth > deepest) throw new UnreadableRuby('nested too deeply', cursor.at);
  if (cursor.match(/!(?![=~])\s*/y)) return !isTruthy(operand(cursor, scope, depth + 1));
  return readLiteral(cursor, scope, depth);
}

/** Takes an operator behind blanks; else the cursor stays. */
function operator(cursor: RubyCursor, pattern: RegExp): string | undefined {
  const start = cursor.at;
  cursor.skipBlanks();
  const found = cursor.match(pattern)?.[0];
  if (found === undefined) cursor.at = start;
  return found;
}

function applied(sign: string, left: RubyLiteral, right: RubyLiteral, offset: number): RubyLiteral {
  if (sign === '||') return isTruthy(left) ? left : right;
  if (sign === '&&') return isTruthy(left) ? right : left;
  if (sign === '==') return asRuby(left) === asRuby(right);
  if (sign === '!=') return asRuby(left) !== asRuby(right);
  if (sign === '+' && typeof left === 'string' && typeof right === 'string') return left + right;
  const result = typeof left === 'number' && typeof right === 'number' ? calculated(sign, left, right) : undefined;
  if (result === undefined || (typeof result === 'number' && !Number.isFinite(result)))
    throw new UnreadableRuby(`${asRuby(left)} ${sign} ${asRuby(right)} is no value`, offset);
  return result;
}

function calculated(sign: string, left: number, right: number): number | boolean | undefined {
  switch (sign) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      // Ruby rounds 7 / 2 down and 7.0 / 2 not; the two look alike here.
      return Number.isInteger(left / right) ? left / right : undefined;
    case '%':
      return left - right * Math.floor(left / right);
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '<=':
      return left <= right;
    case '>=':
      return left >= right;
    default:
      return undefined;
  }
}
