import { swcOptions } from './scripts/swc-options.mjs';

const isFull = process.env.KEYLEDGER_SCALE === 'full';

export default {
  testMatch: isFull ? ['**/*.spec.ts', '**/*.long.ts'] : ['**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/data/'],
  modulePathIgnorePatterns: ['<rootDir>/data/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': ['@swc/jest', swcOptions] },
  setupFiles: ['reflect-metadata'],
  reporters: ['default', '<rootDir>/scripts/closing-line.mjs'],
  testSequencer: '<rootDir>/scripts/longest-first.mjs',
  maxWorkers: 2,
  workerGracefulExitTimeout: 5000,
  // A worker that has grown is replaced: with gigabytes of old modules every collection of garbage takes a second.
  workerIdleMemoryLimit: '900MB',
  testTimeout: isFull ? 3_600_000 : 60_000,
};
