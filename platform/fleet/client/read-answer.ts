import type * as z from 'zod/mini';
import { LabError } from '#errors/lab-error.ts';
import type { HttpReply } from './endpoint.ts';
import { messageOf } from './transport.ts';

/** @throws LabError `input.reply` for what is none of fleet's API */
export function readAnswer<T>(schema: z.ZodMiniType<T>, body: string): T {
  try {
    return schema.parse(JSON.parse(body));
  } catch (error) {
    throw new LabError({
      code: 'input.reply',
      cause: 'the fleet endpoint sent an answer that is not of its API',
      evidence: [body.slice(0, 200)],
      next: 'check FLEETCTL_ENDPOINT: it must be the address of a fleetd',
      error,
    });
  }
}

/** An answer that is none, as an error: `permission.fleet`, `missing.unit`, `unit.refused` or `internal.fleetd`. */
export function refused(verb: string, what: string, reply: HttpReply): LabError {
  const message = messageOf(reply.body);
  if (reply.status === 401) {
    return new LabError({
      code: 'permission.fleet',
      cause: `fleet does not let us ${verb} ${what}: ${message || 'it wants a token or a certificate'}`,
      next: 'fleetctl --token-file FILE, or --cert-file FILE --key-file FILE',
    });
  }
  if (reply.status === 404) {
    return new LabError({
      code: 'missing.unit',
      cause: `${what}: ${message || 'does not exist'}`,
      next: 'fleetctl list-unit-files',
    });
  }
  return new LabError({
    code: reply.status < 500 ? 'unit.refused' : 'internal.fleetd',
    cause: `failed to ${verb} ${what}: ${message || `HTTP status ${reply.status}`}`,
    next: reply.status < 500 ? `correct ${what} and try again` : 'journalctl -u fleet on the machine that answered',
  });
}
