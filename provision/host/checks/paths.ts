import type { LabConfig } from '../../config/lab-config.ts';
import { type Check, fail, ok } from '../check.ts';

/**
 * What no directory of the lab may have in its name: apt and mmdebstrap put the cache into a quoted text (`"`, `\\`), buildah into
 * mount options (`,`), the launcher into PATH (`:`).
 */
const ofCache = /[",:\\\p{Cc}]/u;

/** Vagrant, libvirt and QEMU take paths for URLs, XML and option lists; what is left are the names that they all take alike. */
const ofGuests = /[^\w.@+~/-]/;

export const paths: Check = {
  id: 'paths',
  title: 'Names of directories',
  run(probe, config) {
    const [wrong] = places(probe.checkout, config).flatMap(({ what, path, refused, fix }) => {
      const found = refused.exec(path)?.[0];
      return found === undefined ? [] : [fail(`${what} ${path} has ${shown(found)} in its name`, fix)];
    });
    return wrong ?? ok('can be given to every program');
  },
};

interface Place {
  readonly what: string;
  readonly path: string;
  readonly refused: RegExp;
  readonly fix: string;
}

/** The checkout's own limits are the launcher's; lab.toml refuses a state_dir that no machine can have. */
function places(checkout: string, { provider, cacheDir, stateDir }: LabConfig): Place[] {
  const cache = {
    what: 'the cache',
    path: cacheDir,
    refused: ofCache,
    fix: 'set XDG_CACHE_HOME to a directory without it',
  };
  if (provider === 'nspawn') return [cache];
  return [
    { ...cache, refused: ofGuests },
    { what: 'the checkout', path: checkout, refused: ofGuests, fix: 'move the checkout to a directory without it' },
    {
      what: 'the state directory',
      path: stateDir,
      refused: ofGuests,
      fix: 'set state_dir under [lab] in lab.toml to a directory without it',
    },
  ];
}

function shown(character: string): string {
  if (character === ' ') return 'a blank';
  return /\p{Cc}/u.test(character) ? 'a control character' : character;
}
