import { z } from 'zod';

/** One connection in the RSVP stream server's book; `closedAt` is absent while it lives. Wall-clock ms. */
export const streamConnectionSchema = z
  .object({ address: z.string(), openedAt: z.number(), closedAt: z.number().nullable().optional() })
  .readonly();

export type StreamConnection = z.output<typeof streamConnectionSchema>;
