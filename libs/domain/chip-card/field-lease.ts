/** A lease for the field, as headquarters says that it gave it: the members that the lease key signed, and where the card stood. */
export interface FieldLease {
  /** Of the card, which binds it to this one moment at headquarters; base64url, as all hashes here. */
  readonly challenge: string;
  /** Second that the lease tells; the card's time stands still there for as long as it signs under this lease. */
  readonly time: number;
  readonly approverSet: string;
  /** How many signatures it is good for. */
  readonly entries: number;
  /** Ids of the orders that were withdrawn by then. */
  readonly withdrawn: readonly string[];
  /** By the lease key that the founding names. */
  readonly signature: string;
  /** Number of the last entry in the card's log before it. */
  readonly after: number;
}
