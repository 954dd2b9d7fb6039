/** `npm run bench -- <name>`: two things measured side by side in one run, and their ratio printed. Absolute times say little. */
import 'reflect-metadata';
import { benchAppend } from './append.ts';
import { benchMerkle } from './merkle.ts';
import { benchGraphql, benchPage } from './page.ts';
import { benchPaint } from './paint.ts';
import { benchRebuild } from './rebuild.ts';
import { benchReplay, benchStream } from './replay.ts';

const BENCHES: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  append: benchAppend,
  graphql: benchGraphql,
  merkle: benchMerkle,
  page: benchPage,
  paint: benchPaint,
  rebuild: benchRebuild,
  replay: benchReplay,
  stream: benchStream,
};

const [name = '', ...args] = process.argv.slice(2);
const bench = BENCHES[name];
if (bench === undefined) {
  console.log(
    `npm run bench -- ${Object.keys(BENCHES).join(' | ')} [--events N] [--rounds N] [--folder KEPT] [--json]`,
  );
  process.exitCode = 2;
} else {
  await bench(args);
}
