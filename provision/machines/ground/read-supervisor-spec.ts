import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { LabError } from '#errors/lab-error.ts';
import { checkForm } from './check-form.ts';
import { machineFields, path } from './machine-fields.ts';
import type { SupervisorSpec } from './supervisor-spec.ts';

const port = z.int().min(1).max(65_535);
const text = z.string().min(1);

const machine = z.strictObject({ name: text, ...machineFields });

const schema = z.strictObject({
  lab: text,
  stateDir: path,
  network: z.strictObject({
    bridgeAddress: z.ipv4(),
    prefixLength: z.int().min(1).max(32),
    flannelCidr: z.cidrv4(),
    names: z.record(z.string(), z.ipv4()),
  }),
  ports: z.strictObject({ registry: port, artifacts: port }),
  registryStorage: path.exactOptional(),
  upstream: z
    .strictObject({
      remoteUrl: text,
      images: z.record(z.string(), text),
      storage: path,
      own: z.array(text).readonly(),
    })
    .exactOptional(),
  rsvp: z.array(z.string()).min(1).readonly().exactOptional(),
  guestsOf: z.enum(['libvirt', 'virtualbox']).exactOptional(),
  stretch: z.number().min(1),
  machines: z.array(machine).readonly(),
}) satisfies z.ZodType<SupervisorSpec>;

const next = 'lab up writes it anew once no machine runs: lab halt; lab up';

/** @throws LabError `input.spec` with the file, and the path of the field that is wrong */
export async function readSupervisorSpec(file: string): Promise<SupervisorSpec> {
  return parseSupervisorSpec(await readFile(file, 'utf8'), file);
}

/** @param file what messages call it; see `readSupervisorSpec` */
export function parseSupervisorSpec(content: string, file: string): SupervisorSpec {
  return checkForm(schema, jsonOf(content, file), { code: 'input.spec', what: file, next });
}

function jsonOf(content: string, file: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new LabError({ code: 'input.spec', cause: `${file} is no JSON: ${why}`, next, error });
  }
}
