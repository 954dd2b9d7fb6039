/** What a thing names, by what the things are known by. */
export interface Named {
  readonly serial?: string | null;
  readonly order?: string | null;
  readonly card?: string | null;
  readonly cardKey?: string | null;
  /** Fingerprint. */
  readonly certificate?: string | null;
  readonly station?: string | null;
  readonly unit?: string | null;
  /** Stream. */
  readonly personalization?: string | null;
}
