/** Founds a demo: people, manufacturer, devices, keys, and what the log's first event will say. Written once; then taken up. */
import { type KeyObject, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { signRaw } from '#libs/certificates/ecdsa.ts';
import { pem } from '#libs/certificates/pem.ts';
import type { Founding } from '#libs/domain/log/log.ts';
import { approverSetBytes } from '#libs/kernel/approver-set.ts';
import { toBase64url, utf8 } from '#libs/kernel/bytes.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import { type Clock, systemClock } from '#libs/kernel/clock.ts';
import { hashId, publicJwk, spkiOf } from '#libs/kernel/hash.ts';
import { NO_END } from '#libs/kernel/order.ts';
import { stationCertificate } from '#libs/operation-protocol/station-certificate.ts';
import { cosignatureKey, ed25519NoteKey } from '#libs/seal/note-key.ts';
import { manufacturedCard, publicSpki } from '#module-emulator/chip-card/memory.ts';
import { readWhole, replaceWhole } from '#libs/local/durable-file.ts';
import { Manufacturer } from '#module-emulator/manufacturer/manufacturer.ts';
import { nameSomebody } from '../officer/names.ts';
import { CARDS_ONLY, type UnitChoice, chooseUnit, chosenUnit } from './crypto-unit.ts';
import { openCard, openManufacturer, openModule } from './images.ts';
import { CARDS, MODULE_CLASS, SERIALS, STATION, WITNESS } from './names.ts';
import { writePaper } from './papers.ts';
import { CAST, type DemoPeople, demoPeople } from './people.ts';
import { type Places, placesIn } from './places.ts';

const LOG_ORIGIN = 'keyledger.example/demo';
const CUSTOMER = 'Demo Bank';
const CARD_LOG_CAPACITY = 1000;

export interface Deployment {
  readonly places: Places;
  readonly founding: Founding;
  /** Genesis hash: SHA-256 of the founding, base64url. */
  readonly genesis: string;
  readonly people: DemoPeople;
  readonly manufacturer: Manufacturer;
}

/** Takes up the deployment in a folder, or founds one there, with its signing keys in such units. A founding that was cut off is done again from its start. */
export function foundDemo(folder: string, clock: Clock = systemClock, unit: UnitChoice = CARDS_ONLY): Deployment {
  const places = placesIn(folder);
  const known = readWhole(places.founding);
  if (known === null) chooseUnit(places, unit);
  const people = demoPeople(places.people, chosenUnit(places).kind !== 'card');
  const manufacturer = new Manufacturer(openManufacturer(places, Manufacturer.founded('Demo Modules', clock)), clock);
  if (known === null) makeDevices(places, manufacturer, people);
  if (known === null) for (const { id, called } of Object.values(CAST)) nameSomebody(folder, id, called);
  const founding =
    known === null ? makeFounding(places, manufacturer, people) : (JSON.parse(textOf(known)) as Founding); // our own file
  if (known === null) replaceWhole(places.founding, utf8(JSON.stringify(founding, null, 2)));
  return { places, founding, genesis: hashId(utf8(canonicalJson(founding))), people, manufacturer };
}

function textOf(octets: Uint8Array): string {
  return Buffer.from(octets).toString('utf8');
}

function makeDevices(places: Places, manufacturer: Manufacturer, people: DemoPeople): void {
  const makerSigns = (statement: Uint8Array) => manufacturer.signDevice(statement);
  const enforcement = chosenUnit(places).kind === 'card' ? {} : { enforcement: 'host' as const };
  for (const number of CARDS) {
    const of = { card: number, pins: people.pins, capacity: CARD_LOG_CAPACITY };
    const made = manufacturedCard({ ...of, ...enforcement, makerSigns });
    const card = openCard(places, number, made);
    card.write(card.read());
    writePaper(places, number, { deviceKey: hashId(publicSpki(card.read().deviceKey)), ...enforcement });
  }
  for (const serial of SERIALS) {
    const module = openModule(places, serial, manufacturer.makeModule(serial, MODULE_CLASS));
    if (module.read().state === 'initialized') {
      const refusal = manufacturer.initializeModule(module);
      if (refusal !== null) throw new Error(`${serial}: ${refusal.code}: ${refusal.message}`);
    }
    const { identity } = module.read();
    if (identity !== null)
      writePaper(places, serial, { identity: identity.certificate, identityCa: identity.identityCa });
  }
  replaceWhole(places.platform.crl, manufacturer.issueList());
}

function makeFounding(places: Places, manufacturer: Manufacturer, people: DemoPeople): Founding {
  const leaseKey = keyAt(places.headquarters.leaseKey, 'P-256');
  const listKey = keyAt(places.platform.listKey, 'P-256');
  const logKey = keyAt(places.platform.logKey, 'Ed25519');
  for (const file of [places.unit.credential, places.station.credential, places.station.nextKey]) keyAt(file, 'P-256');
  makeStationCertificate(places);
  return {
    name: 'Demo',
    customer: CUSTOMER,
    demo: true,
    manufacturerRoot: toBase64url(manufacturer.root),
    cardMakerRoot: toBase64url(manufacturer.cardMakerSpki),
    leaseKey: publicJwk(createPublicKey(leaseKey)),
    trustListKey: publicJwk(createPublicKey(listKey)),
    logKey: ed25519NoteKey(LOG_ORIGIN, logKey).line,
    witnessPolicy: {
      quorum: 1,
      witnesses: [cosignatureKey(WITNESS, keyAt(places.station.witnessKey, 'Ed25519')).line],
    },
    approverSet: textOf(approverSetBytes(people.approverSet)),
    operators: people.operators,
  };
}

/** The private key in a file, made where there is none. */
export function keyAt(file: string, curve: 'P-256' | 'Ed25519'): KeyObject {
  if (readWhole(file) === null) {
    const { privateKey } =
      curve === 'P-256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
    replaceWhole(file, utf8(privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()));
  }
  return createPrivateKey(readFileSync(file));
}

/** A wrapper for TLS: modules look at the key in it and at nothing else. */
function makeStationCertificate({ station }: Places): void {
  const key = keyAt(station.key, 'P-256');
  const der = stationCertificate({
    organization: CUSTOMER,
    station: STATION,
    spki: spkiOf(createPublicKey(key)),
    sign: (tbs) => signRaw(tbs, key),
    notBefore: 0,
    notAfter: NO_END,
  });
  replaceWhole(station.certificate, utf8(pem('CERTIFICATE', der)));
}
