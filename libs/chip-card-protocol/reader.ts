/** The card reader as the personalization unit sees it. In process, over a socket, later vpcd, PC/SC and PKCS#11. */

export interface CardConnection {
  /** One command APDU in, one response APDU out; commands never overlap. */
  readonly transmit: (apdu: Uint8Array) => Promise<Uint8Array>;
  /** Takes the power away: all that the card held for this session is gone. */
  readonly powerOff: () => Promise<void>;
}

export interface CardReader {
  /** Gives the card power; answers when the card has answered to reset. */
  readonly powerOn: () => Promise<CardConnection>;
}
