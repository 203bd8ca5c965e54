import { keyOf, type V2Command } from './command.ts';
import { isDirectory } from './failure.ts';
import { directoryNode, nodeOf, printAnswer } from './print.ts';
import { childrenOf, cleanPath, failMissing, placeAt, type TreeNode } from './tree.ts';
/** `get KEY`: always linearisable (v2 read the member's own copy unless told --quorum, and could be stale). */
export const get: V2Command = async (call) => {
  const place = await placeAt(call.store, keyOf(call));
  if (place.isDirectory && !place.file) throw isDirectory(place.path);
  if (!place.file) return failMissing(call.store, place.path, place.index);
  const node = await nodeOf(call.store, place.file);
  printAnswer(call, { action: 'get', node, index: place.index });
  return 0;
};

/** `ls [KEY]`: always sorted (v2 only with --sort). */
export const ls: V2Command = async (call) => {
  const place = await placeAt(call.store, cleanPath(call.args[0] ?? '/'));
  if (place.file && !place.isDirectory) {
    const node = await nodeOf(call.store, place.file);
    if (call.output === 'simple') call.print(place.path);
    else printAnswer(call, { action: 'get', node, index: place.index });
    return 0;
  }
  if (!place.isDirectory) return failMissing(call.store, place.path, place.index);
  const nodes = childrenOf(place);
  if (call.output !== 'simple') {
    printAnswer(call, { action: 'get', node: directoryNode(place.path, nodes), index: place.index });
    return 0;
  }
  for (const line of lines(nodes, call.flags.recursive === true, call.flags.p === true)) call.print(line);
  return 0;
};

function lines(nodes: TreeNode[], recursive: boolean, slash: boolean): string[] {
  return nodes.flatMap((node) => [
    node.path + (slash && node.directory ? '/' : ''),
    ...(recursive ? lines(node.nodes, recursive, slash) : []),
  ]);
}
