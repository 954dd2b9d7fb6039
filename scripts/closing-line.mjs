/** Jest reporter: one last line that a person and a script read alike, `123 passed, 0 failed`. */
import { writeSync } from 'node:fs';

export default class ClosingLine {
  onRunComplete(
    _contexts,
    { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, numPendingTests, numTodoTests },
  ) {
    // A suite that could not even be loaded has no tests to count, and is a failure all the same.
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    const skipped = numPendingTests + numTodoTests;
    const line = `${numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`;
    // Jest puts its summary after every other reporter: only the end of the process is later.
    process.once('exit', () => writeSync(1, line));
  }
}
