/** `npm run test:full`: Jest with the issues' full counts, and the long tests with them. */
process.env.KEYLEDGER_SCALE = 'full';
process.argv.splice(
  2,
  0,
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
);
await import('./ready.mjs');
