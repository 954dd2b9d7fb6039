/** One module that an approved order gives to a unit, with everything that the unit checks and carries to card and module. */
import type { Proof } from '#libs/kernel/detached-jws.ts';
import type { KnownLog } from './card-reading.ts';

export interface Work {
  readonly order: { readonly id: string; readonly bytes: string; readonly approvals: readonly Proof[] };
  readonly serial: string;
  /** W3C traceparent under which the order was approved. */
  readonly trace?: string | null;
  /** Proof that the order's tree of serials holds this one, base64url; empty where the order lists them. */
  readonly inclusion: string;
  /** The card has issued the certificate already; only the rest of the run is owed. */
  readonly issued: boolean;
  readonly stationSpki: string;
  readonly card: string;
  readonly cardLog: KnownLog;
  readonly customerCa: string;
  readonly cardCa: string;
  readonly crl: string;
}
