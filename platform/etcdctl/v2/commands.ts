import { clusterHealth } from '../cluster/health.ts';
import { memberAdd, memberList, memberRemove, memberUpdate } from '../cluster/members.ts';
import type { V2Command } from './command.ts';
import { mkdir, setdir, updatedir } from './directories.ts';
import { get, ls } from './read.ts';
import { rm, rmdir } from './remove.ts';
import { execWatch, watch } from './watch.ts';
import { mk, set, update } from './write.ts';

/** Every v2 command by the words typed: those of v2Commands. */
export const commands: Readonly<Record<string, V2Command>> = {
  get,
  ls,
  set,
  mk,
  update,
  mkdir,
  setdir,
  updatedir,
  rm,
  rmdir,
  watch,
  'exec-watch': execWatch,
  'cluster-health': clusterHealth,
  'member list': memberList,
  'member add': memberAdd,
  'member remove': memberRemove,
  'member update': memberUpdate,
};
