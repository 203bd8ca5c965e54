import { join } from 'node:path';
import { transcriptTests } from '#test/support/transcript.ts';
import { engineWorld } from '../transcripts/engine-world.ts';

transcriptTests(join(import.meta.dirname, 'transcripts'), engineWorld);
