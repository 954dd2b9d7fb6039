/** Emulated devices keep keys in files: no place for them where real money is at stake. */

/** Every entry of the emulator calls it first, with the value of NODE_ENV. Throws: a misconfigured process must not come up. */
export function assertNotProduction(nodeEnv: string): void {
  if (nodeEnv === 'production')
    throw new Error(
      'The device emulator refuses NODE_ENV=production; connect real security modules and chip cards instead.',
    );
}
