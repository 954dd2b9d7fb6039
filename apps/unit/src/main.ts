/** The personalization unit as a process of its own. */
import { runPart } from '#libs/local/part.ts';
import { startUnit } from './unit.ts';

await runPart(startUnit, ({ folder }) => folder);
