/** The platform as a process of its own. */
import { runPart } from '#apps/keyledger/src/part.ts';
import { startPlatform } from './platform.ts';

await runPart(startPlatform);
