import { shellWord } from '#provision/host/shell-word.ts';

/** Where a command is to be typed. */
export interface Place {
  /** In `lab shell`: the chapter's commands work as they are printed. */
  readonly inShell: boolean;
  /** How the lab is called here: `./lab`. */
  readonly launcher: string;
  /** Another lab than the configuration's own is meant. */
  readonly name?: string | undefined;
  /** Where unit files are, as seen from here: `units`. */
  readonly unitsDir: string;
  /** Is there a code/ch6 here, with units of the reader's own? */
  readonly ownCode: boolean;
  /** The machine on which `etcdctl` is typed. */
  readonly machine: string;
}

/**
 * A command of the chapter as it is typed here; everything behind its first words stays as it is, pipes and braces too.
 * `fleetctl`, `etcdctl`, `vagrant` and `ssh` are the chapter's, `lab` is the lab's own. Pure.
 */
export function typedHere(command: string, place: Place): string {
  const { launcher, machine } = place;
  const lab = place.name === undefined ? shellWord(launcher) : `${shellWord(launcher)} --name ${shellWord(place.name)}`;
  const local = place.ownCode ? command : command.replaceAll(bookUnit, `${shellWord(place.unitsDir)}/`);
  const [program = '', ...words] = local.split(' ');
  const rest = words.join(' ');
  if (program === 'lab') return `${lab} ${rest}`;
  if (place.inShell) return local;
  switch (program) {
    case 'fleetctl':
      return `${lab} fleetctl ${rest}`;
    case 'etcdctl':
      return `${lab} ssh ${machine} -- ${local}`;
    case 'ssh':
      return words.length > 1 ? `${lab} ssh ${words[0] ?? ''} -- ${words.slice(1).join(' ')}` : `${lab} ssh ${rest}`;
    case 'vagrant':
      return `${lab} ${words.filter((word) => word !== '-f').join(' ')}`;
    default:
      return local;
  }
}

/** The chapter keeps each unit in the directory of its app; the lab has all in one. */
const bookUnit = /\bcode\/ch6\/(?:[a-z]+\/)?(?=[^\s/]+\.service)/g;
