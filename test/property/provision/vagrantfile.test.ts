import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordVagrantfile, settingsOf } from '../../unit/provision/vagrant/record-vagrantfile.ts';

const comment = fc.constantFrom('', ' # a comment', '   ', '\t# $num_instances = 9');
const quote = fc.constantFrom('"', "'");
const written = (value: number): fc.Arbitrary<string> =>
  fc.constantFrom(String(value), value >= 1000 ? String(value).replace(/(\d{3})$/, '_$1') : String(value), `${value} `);
const orNil = (text: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 4, arbitrary: text }, { weight: 1, arbitrary: fc.constant('nil') });
const number = (min: number, max: number) => orNil(fc.integer({ min, max }).chain(written));

const prefix = fc.stringMatching(/^[a-z]([a-z0-9-]{0,6}[a-z0-9])?$/);
const ports = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 65_535 }), fc.integer({ min: 1, max: 65_535 })), {
    selector: ([guest]) => guest,
    maxLength: 3,
  })
  .map((pairs) => `{ ${pairs.map(([guest, host]) => `${guest} => ${host}`).join(', ')} }`);

const statement = fc.oneof(
  number(1, 9).map((value) => `$num_instances = ${value}`),
  number(1536, 9000).map((value) => `$vm_memory=${value}`),
  number(1536, 9000).map((value) => `$vb_memory = ${value}`),
  number(1, 4).map((value) => `$vm_cpus = ${value}`),
  number(1, 4).map((value) => `$vb_cpus   = ${value}`),
  orNil(fc.tuple(prefix, quote).map(([text, q]) => `${q}${text}${q}`)).map(
    (value) => `$instance_name_prefix = ${value}`,
  ),
  ports.map((value) => `$forwarded_ports = ${value}`),
  fc.constantFrom(
    '$enable_serial_logging = false',
    '$update_channel = "beta"',
    '# $num_instances = 7',
    '',
    '$vm_gui = true',
  ),
);
const configRb = fc
  .tuple(fc.array(fc.tuple(statement, comment), { maxLength: 8 }), fc.constantFrom('\n', '\r\n'))
  .map(([lines, end]) => lines.map(([text, after]) => `${text}${after}${end}`).join(''));

describe('one config.rb', () => {
  it('means the same to Ruby, in the Vagrantfile, and to the lab', async () => {
    const files = fc.array(configRb, { minLength: 20, maxLength: 20 });
    const environment = fc.option(fc.constantFrom('1', '4', '0', ''), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(files, environment, async (texts, numInstances) => {
        const recorded = await recordVagrantfile(texts, numInstances);
        for (const [i, { exitCode, calls }] of recorded.entries()) {
          const rb = texts[i] ?? '';
          const told = settingsOf({ rb, env: numInstances === undefined ? {} : { NUM_INSTANCES: numInstances } });
          const values = (call: string) => [
            ...new Set(calls.filter((c) => c.call === call).map(({ args }) => args[0])),
          ];
          expect({
            rb,
            exitCode,
            machines: values('define'),
            memory: values('memory='),
            cpus: values('cpus='),
          }).toEqual({
            rb,
            exitCode: 0,
            machines: told.machines.map(({ name }) => name),
            memory: [told.memoryMb],
            cpus: [told.cpus],
          });
        }
      }),
      { numRuns: 5 },
    );
  });
});
