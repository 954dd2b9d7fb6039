/** Where everything of a demo deployment lies. One machine plays all parts here, each in a folder of its own. */
import { join } from 'node:path';
import { COSIGNED_FILE } from '#libs/seal/cosigned-file.ts';

export interface Places {
  readonly folder: string;
  /** Last file of the founding: where it stands, the founding is complete. */
  readonly founding: string;
  readonly people: string;
  readonly platform: {
    readonly folder: string;
    readonly events: string;
    readonly checkpoints: string;
    /** The newest checkpoint that witnesses cosigned. */
    readonly cosigned: string;
    readonly logKey: string;
    /** There only while the log key is rolled over. */
    readonly nextLogKey: string;
    readonly listKey: string;
    readonly crl: string;
    /** Of other manufacturers. */
    readonly crls: string;
  };
  readonly headquarters: { readonly leaseKey: string };
  readonly unit: { readonly folder: string; readonly credential: string };
  readonly station: {
    readonly folder: string;
    readonly credential: string;
    readonly key: string;
    readonly nextKey: string;
    readonly certificate: string;
    readonly witnessKey: string;
  };
  /** Images here, the keys that seal them and the counters that watch over them elsewhere. */
  readonly images: string;
  /** Where the signing keys of this deployment lie; missing where they lie in the cards. */
  readonly cryptoUnit: string;
  readonly vault: string;
  readonly counters: string;
  /** What maker and manufacturer sent along with their devices. */
  readonly papers: string;
  readonly story: string;
  readonly fleet: {
    /** The machines with all that was imported of them. Only here: no event holds a street or an operator. */
    readonly machines: string;
    /** What was written once and is sent again after an interruption: orders, signed bytes. */
    readonly steps: string;
    readonly orders: string;
  };
  /** Where the running deployment is reached from outside its own processes. */
  readonly running: string;
}

export function placesIn(folder: string): Places {
  const at = (...path: readonly string[]) => join(folder, ...path);
  return {
    folder,
    founding: at('founding.json'),
    people: at('demo-people'),
    platform: {
      folder: at('platform'),
      events: at('platform', 'events.sqlite'),
      checkpoints: at('platform', 'checkpoints.ndjson'),
      cosigned: at('platform', COSIGNED_FILE),
      logKey: at('platform', 'log-key.pem'),
      nextLogKey: at('platform', 'next-log-key.pem'),
      listKey: at('platform', 'list-key.pem'),
      crl: at('platform', 'manufacturer.crl'),
      crls: at('platform', 'crls'),
    },
    headquarters: { leaseKey: at('headquarters', 'lease-key.pem') },
    unit: { folder: at('unit'), credential: at('unit', 'credential.pem') },
    station: {
      folder: at('station'),
      credential: at('station', 'credential.pem'),
      key: at('station', 'key.pem'),
      nextKey: at('station', 'next-key.pem'),
      certificate: at('station', 'certificate.pem'),
      witnessKey: at('station', 'witness-key.pem'),
    },
    images: at('devices'),
    cryptoUnit: at('vault', 'crypto-unit.json'),
    vault: at('vault'),
    counters: at('counters'),
    papers: at('papers'),
    story: at('story.json'),
    fleet: {
      machines: at('fleet', 'machines.json'),
      steps: at('fleet', 'steps.json'),
      orders: at('fleet', 'orders.json'),
    },
    running: at('running.json'),
  };
}
