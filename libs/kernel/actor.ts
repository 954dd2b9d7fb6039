/** Who did it, as events name him: `person:P-ANNA`, `unit:U-7`, `station:ST-1`; and of which kind he is. */

/** The kind before the colon; `house` for what the platform does of itself. */
export function kindOfActor(actor: string): string {
  return /^([a-z-]{1,32}):/.exec(actor)?.[1] ?? 'house';
}
