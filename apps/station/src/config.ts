/** What a station is told at its start: its own keys and what it pins. It has no other anchors than these. */
import type { PublicJwk } from '#libs/kernel/hash.ts';
import type { WitnessConfig } from './witness-desk.ts';

export interface StationConfig {
  readonly station: string;
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly platformUrl: string;
  /** Local address at which it shows the words of its keys; none where it is left out. */
  readonly display?: string;
  /** Folder of its memory and its side store. */
  readonly folder: string;
  /** P-256 private keys, PEM: for the platform, for modules, and the announced next one. */
  readonly credentialFile: string;
  readonly stationKeyFile: string;
  readonly nextKeyFile: string;
  /** Self-signed certificate on the station key, PEM. */
  readonly certificateFile: string;
  readonly pins: StationPins;
  /** Minor units. */
  readonly amountMax: number;
  readonly currencies: readonly string[];
  /** Where this station also witnesses the log. */
  readonly witness?: WitnessConfig;
}

export interface StationPins {
  readonly genesis: string;
  /** C2SP verifier key. */
  readonly logKey: string;
  /** How many of which witnesses must have cosigned a checkpoint that adds trust; none where nothing is said. */
  readonly witnessPolicy?: { readonly quorum: number; readonly witnesses: readonly string[] };
  /** Canonical approver set; its hash is what orders must name. */
  readonly approverSet: string;
  readonly trustListKey: PublicJwk;
  /** SPKI of the card maker, base64url DER. */
  readonly cardMakerRoot: string;
}
