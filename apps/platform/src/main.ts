/** The platform as a process of its own. */
import { runPart } from '#libs/local/part.ts';
import { startPlatform } from './platform.ts';

await runPart(startPlatform, ({ folder }) => folder);
