/** `npm run bench -- <name>`: two things measured side by side in one run, and their ratio printed. Absolute times say little. */
import 'reflect-metadata';
import { benchMerkle } from './merkle.ts';
import { benchGraphql, benchPage } from './page.ts';
import { benchRebuild } from './rebuild.ts';

const BENCHES: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  page: benchPage,
  graphql: benchGraphql,
  merkle: benchMerkle,
  rebuild: benchRebuild,
};

const [name = '', ...args] = process.argv.slice(2);
const bench = BENCHES[name];
if (bench === undefined) {
  console.log(`npm run bench -- ${Object.keys(BENCHES).join(' | ')} [--events N]`);
  process.exitCode = 2;
} else {
  await bench(args);
}
