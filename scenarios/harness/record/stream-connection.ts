/** One connection in the RSVP stream server's book; `closedAt` is absent while it lives. Wall-clock ms. */
export interface StreamConnection {
  readonly address: string;
  readonly openedAt: number;
  readonly closedAt?: number | null;
}
