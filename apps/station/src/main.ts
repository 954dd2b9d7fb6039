/** A station as a process of its own. */
import { runPart } from '#libs/local/part.ts';
import { startStation } from './station.ts';

await runPart(startStation, ({ folder }) => folder);
