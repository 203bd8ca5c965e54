import { join } from 'node:path';
import { transcriptTests } from '#test/support/transcript.ts';
import { agentWorld } from '../transcripts/agent-world.ts';

transcriptTests(join(import.meta.dirname, 'transcripts'), agentWorld);
