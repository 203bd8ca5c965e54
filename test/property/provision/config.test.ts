import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LabError } from '../../../errors/lab-error.ts';
import { formatDuration, parseDuration } from '../../../provision/config/duration.ts';
import { formatAddress, parseAddress } from '../../../provision/config/ipv4.ts';
import { readRubyGlobals } from '../../../provision/config/ruby-globals.ts';
import type { RubyLiteral } from '../../../provision/config/ruby-literal.ts';
import { parseToml } from '../../../provision/config/toml-file.ts';

const scalar = fc.oneof(
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.string({ unit: fc.oneof(fc.constantFrom(...'abc#{}$"\'\\ =>,'), fc.string({ minLength: 1, maxLength: 1 })) }),
);
const value: fc.Arbitrary<RubyLiteral> = fc.oneof(
  scalar,
  fc.array(fc.tuple(scalar.filter(isPlain), scalar.filter(isPlain)), { maxLength: 4 }).map((pairs) => ({ pairs })),
);
const name = fc.stringMatching(/^\$[a-z_][a-z0-9_]{0,12}$/);

/** Braces and # inside a hash's strings would be read as its end or a comment when it spans lines; one line is fine. */
function isPlain(item: unknown): boolean {
  return typeof item !== 'string' || !/[{}#]/.test(item);
}

function ruby(literal: RubyLiteral, quote: '"' | "'"): string {
  if (literal === null) return 'nil';
  if (typeof literal === 'object') {
    return `{ ${literal.pairs.map(([key, item]) => `${ruby(key, quote)} => ${ruby(item, quote)}`).join(', ')} }`;
  }
  if (typeof literal !== 'string') return String(literal);
  if (quote === "'") return `'${literal.replace(/[\\']/g, '\\$&')}'`;
  return `"${literal.replace(/[\\"]/g, '\\$&').replaceAll('#', '\\#')}"`;
}

const noise = fc.constantFrom('', '   ', '# a comment', '  # $vm_memory = 1');
const space = fc.constantFrom('', ' ', '  ');

describe('config.rb', () => {
  it('written from values is read back to them, with their lines', () => {
    const statement = fc.record({ name, value, quote: fc.constantFrom('"' as const, "'" as const), space, noise });
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 8 }), (statements) => {
        const text = statements.map(
          (s) => `${s.noise}\n${s.name}${s.space}=${s.space}${ruby(s.value, s.quote)} # end\n`,
        );
        const { globals } = readRubyGlobals(text.join(''), 'config.rb');
        expect(globals).toEqual(statements.map((s, i) => ({ name: s.name, value: s.value, line: 2 * i + 2 })));
      }),
    );
  });

  it('with a line that is no statement gives an error with that very line', () => {
    const garbage = fc.oneof(
      fc.constantFrom(
        '$a',
        '$a = ',
        '$a = b',
        '$a = 1 2',
        '$a = [1]',
        '$a = "x',
        'puts 1',
        'a = 1',
        '}',
        '$a += 1',
        '$1 = 1',
      ),
      fc.string({ minLength: 1 }).filter((text) => !/^\s*(?:#|$)|^\s*\$\w+\s*=|^=begin|^__END__$|[\r\n]/.test(text)),
    );
    fc.assert(
      fc.property(
        fc.array(noise, { maxLength: 6 }),
        garbage,
        fc.array(noise, { maxLength: 3 }),
        (before, bad, after) => {
          const read = () => readRubyGlobals([...before, bad, ...after].join('\n'), 'config.rb');
          expect(read).toThrow(LabError);
          expect(read).toThrow(new RegExp(`^config\\.rb:${before.length + 1}: `));
        },
      ),
    );
  });
});

describe('durations', () => {
  it('are read back from their shortest text', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e11 }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });

  it('mean the same in every unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (n) => {
        expect(parseDuration(`${n}s`)).toBe(parseDuration(`${n * 1000}ms`));
        expect(parseDuration(`${n}m`)).toBe(parseDuration(`${n * 60}s`));
        expect(parseDuration(`${n}h`)).toBe(parseDuration(`${n * 60}m`));
      }),
    );
  });

  it('need a number and a unit', () => {
    const text = fc.string().filter((t) => !/^\d+(\.\d+)?(ms|s|m|h)$/.test(t));
    fc.assert(
      fc.property(text, (t) => {
        expect(parseDuration(t)).toBeUndefined();
      }),
    );
    for (const t of ['5', '5 s', '-5s', '5S', '.5s', '1.5ms', '1e3s', '5s ']) expect(parseDuration(t)).toBeUndefined();
  });
});

describe('addresses', () => {
  it('are read back from their text', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (n) => {
        expect(parseAddress(formatAddress(n))).toBe(n);
      }),
    );
  });
});

describe('TOML places', () => {
  it('name the line a key stands on, whatever stands around it', () => {
    const filler = fc.constantFrom('', '# x = 1', '[other]\nx = 1', '[[list]]\nx = 2');
    fc.assert(
      fc.property(fc.array(filler, { maxLength: 5 }), fc.boolean(), (before, dotted) => {
        const unique = before.map((text, i) => text.replace('other', `other${i}`).replace('[[list]]', `[[list${i}]]`));
        const head = dotted ? [] : unique;
        const text = [...head, ...(dotted ? ['here.x = 5'] : ['[here]', 'y = 1', 'x = 5'])].join('\n');
        const line = text.split('\n').length;
        expect(parseToml(text, 'lab.toml').lineOf(['here', 'x'])).toBe(line);
      }),
    );
  });
});
