import { describe, expect, it } from 'vitest';
import { lineOfStep, readOwnDockerfile } from '#provision/image/own/read-own-dockerfile.ts';

const read = (text: string) => readOwnDockerfile(text, 'code/Dockerfile');

describe("a reader's Dockerfile", () => {
  it('of the book’s days: small letters, MAINTAINER, EXPOSE', () => {
    const { bases, steps } = read('# mine\nfrom library/node:onbuild\nMAINTAINER A <a@b.invalid>\nexpose 3000\n');
    expect(bases).toEqual([{ text: 'library/node:onbuild', line: 2 }]);
    expect(steps.map(({ keyword }) => keyword)).toEqual(['FROM', 'MAINTAINER', 'EXPOSE']);
  });

  it('stands on what FROM and COPY --from name, not on its own stages', () => {
    const text = [
      'ARG V=1',
      'FROM node AS Made',
      'FROM scratch',
      'COPY --from=made /a /a',
      'COPY --from=0 /b /b',
      'COPY --from=memcached:1 /c /c',
      'FROM x:$V',
    ];
    expect(read(text.join('\n')).bases.map((base) => base.text)).toEqual(['node', 'memcached:1']);
  });

  it.each([
    ['', 'code/Dockerfile:1: there is no FROM'],
    ['\n\nRUN x\n', 'code/Dockerfile:3: there is no FROM'],
    ['FROM node\nRUM x\n', 'code/Dockerfile:2: there is no instruction RUM (did you mean RUN?)'],
    ['FROM node\nRUN a\nnpm install\n', 'code/Dockerfile:3: there is no instruction NPM'],
    ['FROM\n', 'code/Dockerfile:1: FROM names no image'],
    ['FROM node\nRUN <<EOF\necho\nEOF\n', 'code/Dockerfile:2: the lab builds no here-document'],
  ])('%j is refused with its line', (text, cause) => {
    expect(() => read(text)).toThrow(cause);
  });
});

describe('the line of a step that failed', () => {
  const dockerfile = read('FROM node:onbuild\n\nRUN echo a \\\n  && echo b\nRUN npm install\nEXPOSE 3000\n');

  it('is its own, however the builder shows it', () => {
    const shown = ['FROM node:onbuild', 'RUN echo a   && echo b'];
    expect(lineOfStep(dockerfile, shown)).toEqual({ line: 3, onbuild: false });
    expect(lineOfStep(dockerfile, [...shown, 'RUN npm install'])).toEqual({ line: 5, onbuild: false });
  });

  it('is that of FROM for a step of its base', () => {
    const shown = ['FROM node:onbuild', 'COPY package.json /usr/src/app/', 'RUN npm install'];
    expect(lineOfStep(dockerfile, shown.slice(0, 2))).toEqual({ line: 1, onbuild: true });
    expect(lineOfStep(dockerfile, shown)).toEqual({ line: 1, onbuild: true });
    expect(lineOfStep(dockerfile, [])).toEqual({ line: 1, onbuild: false });
  });
});
