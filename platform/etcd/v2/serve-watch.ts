import type { IncomingMessage, ServerResponse } from 'node:http';
import { LabError } from '#errors/lab-error.ts';
import { etcdFailure } from '../etcd-failure.ts';
import { toldKey } from './action.ts';
import type { Change } from './changes.ts';
import { gate } from './gate.ts';
import { goJson } from './go-json.ts';
import { begin, clusterHeader, raftHeaders, sendJson } from './http.ts';
import type { KeysRequest } from './keys-request.ts';
import type { Member, MemberStatus } from './member.ts';
import { readFresh } from './read-fresh.ts';
import { refusal, refusalAnswer } from './refusal.ts';
import type { KeysParts } from './keys-parts.ts';
import type { Waiter } from './watch-hub.ts';

/** Bytes that a client may leave unread before its stream is cut: etcd lets go of a watch that is 100 events behind. */
const mostUnread = 8 * 1024 * 1024;

/** `GET` with `wait`: the first change from the index on, or, with `stream`, all of them until the client hangs up. */
export async function serveWatch(
  { member, hub, limits }: KeysParts,
  req: IncomingMessage,
  res: ServerResponse,
  request: KeysRequest,
  status: Promise<MemberStatus>,
): Promise<void> {
  if (hub.waiting >= limits.watches) {
    const { status: code, body } = refusalAnswer(refusal(300, `too many open watches: ${limits.watches}`));
    return sendJson(res, code, { 'X-Etcd-Index': 0 }, body);
  }
  const { revision } = await readFresh(
    member,
    [{ key: request.path, limit: 1, keysOnly: true }],
    request.quorum,
    status,
  );
  const known = await status;
  const headers = { 'X-Etcd-Index': revision, ...raftHeaders(known) };
  const wantsHistory = request.waitIndex > 0n && request.waitIndex <= BigInt(revision);
  const from = request.waitIndex > 0n ? Number(request.waitIndex) : revision + 1;
  const told = gate();
  /** Changes that are told before the answer has begun. */
  const early: string[] = [];

  const leave = () => hub.leave(waiter);
  const write = (line: string) => {
    res.write(line);
    if (!request.stream) {
      leave();
      res.end();
    } else if (res.writableLength > mostUnread) {
      leave();
      res.destroy();
    }
  };
  const waiter: Waiter = {
    path: request.path,
    recursive: request.recursive,
    from,
    onChange(change) {
      told.open();
      const line = goJson(bodyOf(change));
      if (res.headersSent) write(line);
      else if (request.stream || early.length === 0) early.push(line);
    },
    onCleared(compactRevision) {
      told.open();
      const cause = `the requested history has been cleared [${compactRevision}/${from}]`;
      const { status: code, body } = refusalAnswer(refusal(401, cause, revision));
      if (res.headersSent) res.end();
      else sendJson(res, code, { ...clusterHeader(known), 'X-Etcd-Index': revision }, body);
    },
  };
  res.on('close', leave);
  if (req.destroyed && !req.complete) return;
  const isCleared = wantsHistory && !(await hasHistory(member, from));
  hub.join(waiter, revision);
  // Either the hub has kept it, or it hears from etcd where history begins now.
  if (isCleared && !(await told.within(member.timeoutMs))) {
    leave();
    throw etcdFailure('timeout.etcd', member.endpoint, 'watch', 'no word of the compacted history');
  }
  if (res.headersSent || res.destroyed) return leave();
  begin(res, headers);
  for (const line of early) if (!res.writableEnded) write(line);
}

function bodyOf({ action, node, prevNode }: Change): object {
  return prevNode === undefined ? { action, node } : { action, node, prevNode };
}

/** Whether a watch can begin at that revision, which is no future one: not when it was compacted. */
async function hasHistory(member: Member, revision: number): Promise<boolean> {
  try {
    await member.past(toldKey, revision);
    return true;
  } catch (error) {
    if (error instanceof LabError && error.code === 'state.etcd-compacted') return false;
    throw error;
  }
}
