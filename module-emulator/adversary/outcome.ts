/** What came of an attack, where it was not refused. */

/** A signature, an acceptance or a payment that nobody was entitled to give him. */
export interface Gain {
  readonly is: 'gain';
  readonly what: string;
}

export function gain(what: string): Gain {
  return { is: 'gain', what };
}
