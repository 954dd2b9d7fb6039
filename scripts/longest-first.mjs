/** Jest sequencer: the suites that take longest begin first, so that no worker is left alone with one at the end. */
import Sequencer from '@jest/test-sequencer';

/** By the processor time they take at the full counts, the longest first. */
const LONGEST = [
  'test/journeys/crash-late.long.ts',
  'test/journeys/crash-early.long.ts',
  'test/attacks/four-eyes.spec.ts',
  'test/journeys/fleet-crash.long.ts',
  'test/simulation/card-histories.long.ts',
  'test/journeys/fleet.long.ts',
  'test/attacks/table.long.ts',
  'test/journeys/crash.spec.ts',
  'test/journeys/start.spec.ts',
  'test/journeys/readme.spec.ts',
];

const placeOf = ({ path }) => {
  const at = LONGEST.findIndex((one) => path.replaceAll('\\', '/').endsWith(`/${one}`));
  return at < 0 ? LONGEST.length : at;
};

/** Behind the named ones Jest's own order: what failed or took long the last time, then the larger files. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}
