/** `npm run bench -- <name>`: two things measured side by side in one run, and their ratio printed. Absolute times say little. */
import 'reflect-metadata';
import { benchGraphql, benchPage } from './page.ts';
import { benchPaint } from './paint.ts';

const BENCHES: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  page: benchPage,
  graphql: benchGraphql,
  paint: benchPaint,
};

const [name = '', ...args] = process.argv.slice(2);
const bench = BENCHES[name];
if (bench === undefined) {
  console.log(`npm run bench -- ${Object.keys(BENCHES).join(' | ')} [--events N]`);
  process.exitCode = 2;
} else {
  await bench(args);
}
