import type { EtcdStore, KeyValue } from '../../etcd/store.ts';
import type { Action } from '../../etcd/v2/action.ts';
import type { Call } from './command.ts';
import type { TreeNode } from './tree.ts';

export interface V2Answer {
  readonly action: 'get' | Action;
  readonly node: V2Node;
  readonly prevNode?: V2Node;
  /** Store revision, `Index` of the extended form. */
  readonly index: number;
}

export interface V2Node {
  readonly key: string;
  readonly dir?: boolean;
  readonly value: string;
  readonly createdIndex: number;
  readonly modifiedIndex: number;
  /** Seconds left; absent without a lease. */
  readonly ttl?: number;
  readonly nodes?: V2Node[];
}

/** Prints an answer in the form asked for by -o, as etcdctl 2.x prints it. */
export function printAnswer(call: Pick<Call, 'print' | 'warn' | 'output'>, answer: V2Answer): void {
  switch (call.output) {
    case 'simple':
      // compareAndDelete prints the empty value of what is no more: v2 does.
      call.print(answer.action === 'delete' ? `PrevNode.Value: ${answer.prevNode?.value ?? ''}` : answer.node.value);
      return;
    case 'extended':
      call.print(extended(answer));
      return;
    case 'json':
      call.print(
        JSON.stringify({ action: answer.action, node: jsonNode(answer.node), prevNode: jsonNode(answer.prevNode) }),
      );
      return;
    default:
      call.warn(`Unsupported output format: ${call.output}`);
  }
}

/** The node of a key as it stands in the store, with its time to live looked up when it has a lease. */
export async function nodeOf(store: EtcdStore, kv: KeyValue, path = kv.key): Promise<V2Node> {
  const node: V2Node = {
    key: path,
    ...(kv.key.endsWith('/') ? { dir: true } : {}),
    value: kv.value,
    createdIndex: kv.createRevision,
    modifiedIndex: kv.modRevision,
  };
  if (kv.lease === '0') return node;
  const { granted, remaining } = await store.leaseTtl(kv.lease);
  // v3 rounds the rest down, v2 up.
  return { ...node, ttl: Math.min(granted, Math.max(0, remaining) + 1) };
}

/** A directory as etcdctl prints it in JSON, all below it with it: v3 keeps no index of a directory. Pure. */
export function directoryNode(path: string, nodes: TreeNode[] = []): V2Node {
  return {
    key: path === '/' ? '' : path,
    dir: true,
    value: '',
    createdIndex: 0,
    modifiedIndex: 0,
    nodes: nodes.map((node) => ({
      key: node.path,
      ...(node.directory ? { dir: true } : {}),
      value: node.directory ? '' : (node.kv?.value ?? ''),
      createdIndex: node.kv?.createRevision ?? 0,
      modifiedIndex: node.kv?.modRevision ?? 0,
    })),
  };
}

function extended({ action, node, prevNode, index }: V2Answer): string {
  return [
    `Key: ${node.key}`,
    `Created-Index: ${node.createdIndex}`,
    `Modified-Index: ${node.modifiedIndex}`,
    ...(prevNode ? [`PrevNode.Value: ${prevNode.value}`] : []),
    `TTL: ${node.ttl ?? 0}`,
    `Index: ${index}`,
    ...(action === 'delete' ? [] : ['', node.value]),
  ].join('\n');
}

function jsonNode(node: V2Node | undefined): object | null {
  if (!node) return null;
  const { key, dir, value, createdIndex, modifiedIndex, ttl, nodes } = node;
  return {
    key,
    ...(dir ? { dir } : {}),
    value,
    nodes: nodes ? nodes.map(jsonNode) : null,
    createdIndex,
    modifiedIndex,
    ...(ttl === undefined ? {} : { expiration: new Date(Date.now() + ttl * 1000).toISOString(), ttl }),
  };
}
