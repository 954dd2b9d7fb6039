/** A station as a process of its own. */
import { runPart } from '#apps/keyledger/src/part.ts';
import { startStation } from './station.ts';

await runPart(startStation);
