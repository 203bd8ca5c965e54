import type { IncomingMessage } from 'node:http';

/** Rejects when the client goes. */
export type BodyReader = (req: IncomingMessage) => Promise<Buffer | 'too long' | 'too many'>;

/**
 * Reads bodies of requests. One that is too much is read to its end all the same, for its client reads no answer before.
 * @param longest bytes of one
 * @param together bytes of all that are being read
 */
export function bodyReader(longest: number, together: number): BodyReader {
  let inMemory = 0;
  return async (req) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let excess: 'too long' | 'too many' | undefined;
    try {
      for await (const chunk of req as AsyncIterable<Buffer>) {
        if (excess !== undefined) continue;
        length += chunk.length;
        inMemory += chunk.length;
        chunks.push(chunk);
        if (length > longest) excess = 'too long';
        else if (inMemory > together) excess = 'too many';
        if (excess === undefined) continue;
        chunks.length = 0;
        inMemory -= length;
        length = 0;
      }
      return excess ?? Buffer.concat(chunks);
    } finally {
      inMemory -= length;
    }
  };
}
