/** What a personalization unit is told at its start. Without its card it can do nothing with any of it (S31a). */

export interface UnitConfig {
  readonly unit: string;
  readonly platformUrl: string;
  /** Local address at which it shows the words of its credential; none where it is left out. */
  readonly display?: string;
  /** Folder of its journal. */
  readonly folder: string;
  /** P-256 private key for the platform, PEM. */
  readonly credentialFile: string;
  /** Local address of the lease desk at headquarters. */
  readonly headquarters: string;
  /** The crypto units at hand, by number of the card: `usb:/path`, `pcsc:name`, …; a path alone is the reader with that card. */
  readonly cards: Readonly<Record<string, string>>;
  /** Where the technician plugs the line in, by the serial he reads on the housing. */
  readonly lines: Readonly<Record<string, string>>;
  /** Folder in which further plugs stand, each named after the serial on its housing. */
  readonly plugs?: string;
  /** Takes its work along and does it where no network is; its card then needs a lease for the field. */
  readonly worksOffline?: boolean;
  /** Where traces go, OTLP over HTTP; nowhere where it is null or left out. */
  readonly traces?: string | null;
  /** The person at the machine, and the sign-only PIN that he types. */
  readonly technician: { readonly id: string; readonly pin: string };
  readonly pins: UnitPins;
}

export interface UnitPins {
  readonly genesis: string;
  /** SPKI of the module identity CA, base64url DER (S25a). */
  readonly identityCaSpki: string;
}
