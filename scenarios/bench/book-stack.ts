import { scenario } from '../scenario.ts';
import { layerReady, stackLayers, startLayer } from '../stack/stack.ts';

/** The stack as the book prints its units, from an empty lab; left alone. */
export const bookStack = scenario({
  name: 'undisturbed-book',
  summary: 'The units of the book, left alone.',
  needs: { stack: 'empty', probes: [] },
  parameters: {},
  run: async (context) => {
    for (const layer of stackLayers) {
      await startLayer(context, { ...layer, files: layer.files.map((file) => file.replace('units/', 'units/book/')) });
      await context.until(layerReady(context, layer), { within: context.lab.config.timers.deployDeadlineMs });
    }
  },
});

/** No unit at all. */
export const emptyLab = scenario({
  name: 'undisturbed-empty',
  summary: 'A lab without units, left alone.',
  needs: { stack: 'empty', probes: [] },
  parameters: {},
  run: async () => {},
});
