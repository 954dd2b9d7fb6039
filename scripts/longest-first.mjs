/** Jest sequencer: the suites that take longest begin first, so that no worker is left alone with one at the end. */
import { statSync } from 'node:fs';

/** By the processor time they take at the full counts, the longest first. */
const LONGEST = [
  'libs/event-store/contract/contract.spec.ts',
  'test/faults/simulated-disk.spec.ts',
  'test/journeys/crash-late.long.ts',
  'test/journeys/crash-early.long.ts',
  'test/attacks/four-eyes.spec.ts',
  'test/journeys/fleet-crash.long.ts',
  'test/simulation/card-histories.long.ts',
  'test/journeys/fleet.long.ts',
  'test/attacks/table.long.ts',
  'test/journeys/fleet-crash.spec.ts',
  'test/journeys/crash.spec.ts',
  'test/journeys/start.spec.ts',
  'test/faults/start-faults.spec.ts',
  'test/journeys/story-on-kurrentdb.long.ts',
  'test/faults/two-platforms.spec.ts',
  'test/journeys/story-on-postgres.long.ts',
  'test/browser/forms.spec.ts',
  'test/journeys/readme.spec.ts',
  'test/units/card-serve.spec.ts',
];

const placeOf = ({ path }) => {
  const at = LONGEST.findIndex((one) => path.replaceAll('\\', '/').endsWith(`/${one}`));
  return at < 0 ? LONGEST.length : at;
};

/** Behind the named ones the larger files first, as Jest itself guesses. */
export default class LongestFirst {
  sort(tests) {
    const sizes = new Map(tests.map((test) => [test, statSync(test.path).size]));
    return tests.toSorted((a, b) => placeOf(a) - placeOf(b) || sizes.get(b) - sizes.get(a));
  }

  allFailedTests(tests) {
    return tests;
  }

  shard(tests) {
    return tests;
  }

  cacheResults() {}
}
