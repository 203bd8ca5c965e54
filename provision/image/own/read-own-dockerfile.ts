import { LabError } from '#errors/lab-error.ts';
import { didYouMean } from '#errors/nearest.ts';
import { type Instruction, instructions, type Reference } from '../containers/dockerfile.ts';

/** As much of a reader's Dockerfile as is looked at before buildah reads it. */
export interface OwnDockerfile {
  readonly file: string;
  readonly text: string;
  readonly steps: readonly Instruction[];
  /** Images of FROM and `COPY --from=`: no earlier stage, not `scratch`, no name with a variable in it. */
  readonly bases: readonly Reference[];
}

const keywords = `ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD
  RUN SHELL STOPSIGNAL USER VOLUME WORKDIR`.split(/\s+/);

/**
 * Reads a Dockerfile of a reader's (Dockerfile reference, as of the book's days). Pure.
 * @param file named in errors
 * @throws LabError `input.own-dockerfile` with file and line: no instruction, no FROM, a here-document
 */
export function readOwnDockerfile(text: string, file: string): OwnDockerfile {
  const steps = instructions(text);
  const bases: Reference[] = [];
  const stages = new Set(['scratch']);
  for (const { keyword, rest, line } of steps) {
    const refuse = (problem: string, next: string) => refused(file, line, problem, next);
    if (!keywords.includes(keyword)) {
      const problem = `there is no instruction ${keyword}${didYouMean(keyword, keywords)}`;
      throw refuse(problem, `a line that goes on ends with a backslash; the instructions are ${keywords.join(', ')}`);
    }
    if (/^(RUN|COPY|ADD)$/.test(keyword) && /<<-?['"]?\w+/.test(rest) && !rest.includes('<<<'))
      throw refuse('the lab builds no here-document', 'put the text into a file and COPY it, or write it with printf');
    const words = rest.split(/\s+/);
    if (keyword === 'FROM') {
      const [image = '', as, stage] = words.filter((word) => !word.startsWith('--'));
      if (image === '') throw refuse('FROM names no image', 'write: FROM node:onbuild');
      if (!stages.has(image.toLowerCase()) && !image.includes('$')) bases.push({ text: image, line });
      if (as?.toUpperCase() === 'AS' && stage !== undefined) stages.add(stage.toLowerCase());
    } else if (keyword === 'COPY') {
      const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
      if (from === undefined || /^\d+$|\$/.test(from) || stages.has(from.toLowerCase())) continue;
      bases.push({ text: from, line });
    }
  }
  if (!steps.some(({ keyword }) => keyword === 'FROM'))
    throw refused(file, steps[0]?.line ?? 1, 'there is no FROM instruction', 'begin it with: FROM node:onbuild');
  return { file, text, steps, bases };
}

/**
 * Where in the Dockerfile a build is. Pure.
 * @param shown what buildah said of each step so far, without its number: `RUN npm install`
 * @returns the last one's line; of a step that its base adds (ONBUILD), the line of FROM
 */
export function lineOfStep({ steps }: OwnDockerfile, shown: readonly string[]): { line: number; onbuild: boolean } {
  let at = -1;
  let onbuild = false;
  for (const text of shown) {
    const found = steps.findIndex((step, index) => index > at && isShownAs(step, text));
    onbuild = found === -1 || (found !== at + 1 && steps[found]?.keyword !== 'FROM');
    if (!onbuild) at = found;
  }
  return { line: steps[Math.max(at, 0)]?.line ?? 1, onbuild };
}

/** buildah shows an instruction as it was written, with blanks of its own. */
function isShownAs({ keyword, rest }: Instruction, shown: string): boolean {
  const bare = (text: string) => text.replaceAll(/[\s\\]/g, '').toLowerCase();
  return bare(`${keyword}${rest}`) === bare(shown);
}

function refused(file: string, line: number, problem: string, next: string): LabError {
  return new LabError({ code: 'input.own-dockerfile', cause: `${file}:${line}: ${problem}`, next });
}
