import { basename } from 'node:path';
import { dropProgress, readProgress } from '#guide/progress/progress.ts';
import { chapter, findGuide } from '#guide/walk/reading.ts';
import { learners } from '#guide/walk/class-table.ts';
import { writeCode } from '#guide/walk/write-code.ts';
import { writeGuideTemplate } from '#guide/walk/write-template.ts';
import { renderClass, renderList } from '../render/guide.ts';
import { printOut } from '../render/terminal.ts';

interface Json {
  readonly json?: boolean;
}

/** `lab guide reset` */
export async function guideReset(options: Json): Promise<void> {
  const dropped = await dropProgress(process.cwd());
  if (options.json === true) return console.log(JSON.stringify({ dropped }));
  printOut(dropped ? 'forgotten; the lab stays as it is. Next: lab guide' : 'no guide was begun here');
}

/** `lab guide list`: the guide of this directory, else the chapter. */
export async function guideList(repoDir: string, options: Json): Promise<void> {
  const progress = await readProgress(process.cwd());
  const guide = await findGuide(repoDir, progress?.guide ?? chapter);
  const steps = guide.steps.map(({ number, id, title }) => ({
    number,
    id,
    title,
    current: progress?.step === id,
    passed: progress?.passed[id] ?? null,
  }));
  const { name, title, about } = guide;
  if (options.json === true) return console.log(JSON.stringify({ guide: name, title, about, steps }));
  printOut(renderList({ title, about, steps }));
}

/** `lab guide class DIR...` */
export async function guideClass(repoDir: string, dirs: readonly string[], options: Json): Promise<void> {
  const all = await learners(repoDir, dirs);
  if (options.json === true) return console.log(JSON.stringify(all));
  printOut(renderClass(all));
}

/** `lab guide code` */
export async function guideCode(repoDir: string, options: Json): Promise<void> {
  const done = await writeCode(repoDir, process.cwd());
  if (options.json === true) return console.log(JSON.stringify(done));
  const told = [
    ...done.written.map((path) => `written  ${path}`),
    ...done.kept.map((path) => `kept     ${path}`),
    'Next: write worker.js, then docker build -t mattbailey/ch6-worker code/ch6/worker   (in lab shell; or: lab image build)',
  ];
  printOut(told.join('\n'));
}

/** `lab guide new NAME` */
export async function guideNew(repoDir: string, name: string, options: Json): Promise<void> {
  const path = await writeGuideTemplate(repoDir, name, process.cwd());
  if (options.json === true) return console.log(JSON.stringify({ path }));
  printOut(`${path} is written. Follow it: lab guide ./${basename(path)}`);
}
