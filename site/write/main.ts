import Eleventy from '@11ty/eleventy';
import { markdown } from '../markdown.ts';

/**
 * `node site.js`: Eleventy over the directory it is started in, whose pages say their layout and their place themselves; the site
 * lies in `_site` afterwards. A program of its own, because Eleventy finds files by the directory that its process is in.
 */
const eleventy = new Eleventy('.', '_site', {
  quietMode: true,
  configPath: null,
  config(eleventyConfig) {
    eleventyConfig.setUseGitIgnore(false);
    eleventyConfig.setLibrary('md', markdown);
    for (const folder of ['files', 'site.css', 'search.js', 'search-data.js'])
      eleventyConfig.addPassthroughCopy(folder);
  },
});
await eleventy.write();
