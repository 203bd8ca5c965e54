import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readSamples } from '#scenarios/harness/record/read-samples.ts';
import { SampleFile } from '#scenarios/harness/probes/sample-file.ts';
import type { Sample } from '#scenarios/harness/record/sample.ts';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lab-samples-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const first: Sample = { probe: 'page', wallMs: 10, ms: 900, ok: true, machine: 'core-01', session: 's' };
const second: Sample = { probe: 'etcd-write', wallMs: 20, ms: 1.5, ok: false, error: 'ECONNREFUSED' };

async function fileOf(text: string): Promise<string> {
  const file = join(dir, 'samples.ndjson');
  await writeFile(file, text);
  return file;
}

it('reads what was written, in the order it was asked', async () => {
  const file = join(dir, 'written.ndjson');
  const samples = new SampleFile(file);
  samples.add(second);
  samples.add(first);
  samples.close();
  expect(await readSamples(file)).toEqual([first, second]);
});

it('leaves out a last line without its end, however it was torn', async () => {
  const whole = `${JSON.stringify(first)}\n`;
  const torn = JSON.stringify(second);
  for (let length = 0; length <= torn.length; length += 1) {
    expect(await readSamples(await fileOf(whole + torn.slice(0, length)))).toEqual([first]);
  }
});

it('names file and line of anything else that is broken', async () => {
  const broken = ['{"probe":"page",', '17', 'null', '{"probe":"lamp","wallMs":1,"ms":1,"ok":true}', '{"probe":"page"}'];
  for (const line of broken) {
    const file = await fileOf(`${JSON.stringify(first)}\n${line}\n${JSON.stringify(second)}\n`);
    await expect(readSamples(file)).rejects.toMatchObject({
      code: 'input.samples',
      message: `${file}:2 is not a sample of a probe`,
    });
  }
});

it('a run without samples has none', async () => {
  expect(await readSamples(join(dir, 'absent.ndjson'))).toEqual([]);
});
