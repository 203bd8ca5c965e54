import type { Authority } from '../auth/authority.ts';
import type { Credentials } from '../auth/credentials.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { RequestFrame } from '../wire/frame.ts';
import type { Response } from '../wire/response.ts';
import type { Session } from './session.ts';

/** What a command may look at and change. */
export interface HandlerContext {
  readonly cluster: Cluster;
  readonly authority: Authority;
  readonly session: Session;
  /** Stands in for unknown users during SCRAM. */
  readonly decoy: Credentials;
}

/** Answers one request that is not about a document. */
export type Handler = (context: HandlerContext, request: RequestFrame) => Response;
