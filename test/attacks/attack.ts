/** An attack: who tries what against which check, and whether he got through a party that obeys the given law. */

export interface Attack<Laws> {
  /** Code of the check that stops him. A check that another one covers names that one too: both are taken out together. */
  readonly check: string;
  readonly coveredBy?: readonly string[];
  readonly attacker: string;
  /** True when the attacker reached what he wanted. */
  readonly attempt: (law: Laws) => Promise<boolean>;
}
