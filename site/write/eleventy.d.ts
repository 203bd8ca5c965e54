/** What is used of Eleventy 3, which brings no types of its own (its documentation: "Programmatic API"). */
declare module '@11ty/eleventy' {
  interface Configuration {
    setUseGitIgnore(heeded: boolean): void;
    setLibrary(format: 'md', library: { render(text: string, data: object): string }): void;
    addPassthroughCopy(path: string): void;
  }
  interface Options {
    readonly quietMode?: boolean;
    /** null: no file of configuration is looked for. */
    readonly configPath?: string | null;
    readonly config?: (eleventyConfig: Configuration) => void;
  }
  export default class Eleventy {
    constructor(input: string, output: string, options: Options);
    /** Writes the site; rejects with what Eleventy could not do. */
    write(): Promise<void>;
  }
}
