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
  return (req) =>
    // By events: an iterator over the stream costs as much as all the rest of a short request.
    new Promise((resolve, reject) => {
      let chunks: Buffer[] = [];
      let length = 0;
      let excess: 'too long' | 'too many' | undefined;
      const forget = () => {
        inMemory -= length;
        length = 0;
        chunks = [];
      };
      req.on('data', (chunk: Buffer) => {
        if (excess !== undefined) return;
        length += chunk.length;
        inMemory += chunk.length;
        chunks.push(chunk);
        if (length > longest) excess = 'too long';
        else if (inMemory > together) excess = 'too many';
        if (excess !== undefined) forget();
      });
      req.on('end', () => {
        const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
        forget();
        resolve(excess ?? body ?? Buffer.alloc(0));
      });
      req.on('error', reject).on('close', () => {
        forget();
        reject(new Error('the client has gone'));
      });
    });
}
