/** The personalization unit as a process of its own. */
import { runPart } from '#apps/keyledger/src/part.ts';
import { startUnit } from './unit.ts';

await runPart(startUnit);
