import type { ImageRecipe } from './catalog.ts';

/**
 * What readers' Dockerfiles stand on, as `node` and `node:onbuild` of Docker's official images: built when somebody asks for one of them, for they take
 * a minute and half a gigabyte, and nothing of the lab needs them.
 */
export const nodeRecipes: readonly ImageRecipe[] = [
  {
    name: 'lab/compilers',
    tag: '12',
    folder: 'apps/base/compilers',
    stage: {
      kind: 'debian-root',
      at: 'rootfs',
      // python3 is node-gyp's.
      packages: ['ca-certificates', 'ccache', 'g++', 'make', 'python3'],
    },
  },
  {
    name: 'library/node',
    tag: 'latest',
    folder: 'apps/base/book-node',
    // Of the versions that take Node 20 and 22, the newest that runs install scripts without being asked to, as npm did in 2016.
    stage: { kind: 'node-tree', at: 'node', npm: 'npm@10.9.4' },
  },
  { name: 'library/node', tag: 'onbuild', folder: 'apps/base/node-onbuild' },
];
