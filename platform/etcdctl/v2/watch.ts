import { spawn } from 'node:child_process';
import { changes } from './changes.ts';
import { keyOf, type V2Command } from './command.ts';
import { badArguments } from './failure.ts';
import { printAnswer } from './print.ts';

/** `watch KEY`: prints the next change (with --forever every change until SIGINT) and exits 0. */
export const watch: V2Command = async (call) => {
  const recursive = call.flags['recursive'] === true;
  await changes(call, keyOf(call), ({ action, node, prevNode }) => {
    if (recursive) call.print(`[${action}] ${node.key}`);
    const index = node.modifiedIndex;
    printAnswer(call, prevNode ? { action, node, prevNode, index } : { action, node, index });
    return call.flags['forever'] === true;
  });
  return 0;
};

/** `exec-watch KEY -- COMMAND ARGS`: runs the command for each change, with ETCD_WATCH_* in its environment, until SIGINT. */
export const execWatch: V2Command = async (call) => {
  const [, command, ...args] = call.args;
  if (command === undefined) throw badArguments('key and command to exec required');
  let failed = false;
  const stop = new AbortController();
  await changes({ ...call, signal: AbortSignal.any([call.signal, stop.signal]) }, keyOf(call), ({ action, node }) => {
    const env = {
      ...process.env,
      ETCD_WATCH_ACTION: action,
      ETCD_WATCH_MODIFIED_INDEX: String(node.modifiedIndex),
      ETCD_WATCH_KEY: node.key,
      ETCD_WATCH_VALUE: node.value,
    };
    spawn(command, args, { env, stdio: ['ignore', 'inherit', 'inherit'] }).on('error', (error) => {
      call.warn(error.message);
      failed = true;
      stop.abort();
    });
    return true;
  });
  return failed ? 1 : 0;
};
