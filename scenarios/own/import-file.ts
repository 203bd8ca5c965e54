import { pathToFileURL } from 'node:url';

/**
 * What an ES module exports, whose path is known only now. A file of its own also when it is built: code that V8 kept cannot import in Node 20
 * (`cli/start`).
 * @throws what the module throws while it is evaluated
 */
export function importFile(path: string): Promise<unknown> {
  return import(pathToFileURL(path).href);
}
