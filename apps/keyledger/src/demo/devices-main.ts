/** The emulated devices as a process of their own: its memory is the boundary of every key memory in it. */
import { runPart } from '#libs/local/part.ts';
import { startDevices } from './devices.ts';

await runPart(startDevices, ({ places }) => places.images);
