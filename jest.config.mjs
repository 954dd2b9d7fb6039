import { swcOptions } from './scripts/swc-options.mjs';

const full = process.env.KEYLEDGER_SCALE === 'full';

export default {
  testMatch: full ? ['**/*.spec.ts', '**/*.long.ts'] : ['**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': ['@swc/jest', swcOptions] },
  setupFiles: ['reflect-metadata'],
  maxWorkers: 2,
  testTimeout: full ? 3_600_000 : 20_000,
};
