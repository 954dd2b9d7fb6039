/** How much one caller may take of the platform; docs/decisions/0110 says why these. */
export interface Limits {
  /** Of one question: see question-cost.ts. */
  readonly costMax: number;
  /** A body that has not come by then is cut off. */
  readonly bodyMs: number;
  /** A question that is not answered by then is told so. */
  readonly answerMs: number;
  /** Questions at once, and then each second, of one session, or of one address without any. Devices are not counted. */
  readonly burst: number;
  readonly perSecond: number;
  /** Exports at once, of everybody together. */
  readonly exportsMax: number;
  /** An export whose reader takes nothing for so long is cut off. */
  readonly readerMs: number;
}

export const LIMITS: Limits = {
  costMax: 20_000,
  bodyMs: 10_000,
  answerMs: 10_000,
  burst: 2000,
  perSecond: 200,
  exportsMax: 8,
  readerMs: 30_000,
};

export const BODY_OCTETS_MAX = 262_144;
