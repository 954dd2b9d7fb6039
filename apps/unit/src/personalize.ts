/**
 * One personalization, from the taken order to the cleared line. Every step is a fact reported before the next begins;
 * after an interruption it is run again from the top, and module and card give what they already gave.
 */
import { decodeLogEntry } from '#libs/chip-card-protocol/log-entry.ts';
import { fromBase64url, toBase64url } from '#libs/kernel/bytes.ts';
import { hashId } from '#libs/kernel/hash.ts';
import { randomOctets, uuidv7 } from '#libs/kernel/ids.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import { saltOf } from '#libs/personalization-protocol/attestation.ts';
import { type MadeKey, ModuleLine } from '#libs/personalization-protocol/unit-side.ts';
import { plugIn } from './plug-in.ts';
import { CardSession } from './card-session.ts';
import { Journal } from './journal.ts';
import type { Job, UnitParts } from './parts.ts';
import type { Work } from './work.ts';

function octets(text: string): Uint8Array {
  return fromBase64url(text) ?? new Uint8Array();
}

/** Null when the module operates and the record says so; a refusal where it could not be brought there. */
export async function personalize(parts: UnitParts, job: Job): Promise<Refusal | null> {
  const taken = job.work.issued || job.isTaken ? null : await takeWork(parts, job.work);
  if (taken !== null) return taken;
  const { unit, technician } = parts.config;
  const { order, serial } = { order: job.work.order.id, serial: job.work.serial };
  const started = await report(parts, job, 'PersonalizationStarted', {
    order,
    serial,
    technician: technician.id,
    unit,
  });
  if (started !== null) return started;
  const ended = await onLine(parts, job).catch(async (error: unknown) => {
    await unplug(parts);
    throw error;
  });
  const detached = await unplug(parts);
  return ended ?? detached ?? (await done(parts, job, 'PersonalizationCompleted', { lineCleared: true }));
}

/** Whatever comes of it, the line is closed afterwards. */
async function onLine(parts: UnitParts, job: Job): Promise<Refusal | null> {
  const line = await attach(parts, job);
  if (isRefusal(line)) return line;
  try {
    return await withModule(parts, job, line);
  } finally {
    line.close();
  }
}

/** The record hears that the line is off, wherever it was on. */
async function unplug({ plugged, reports, config }: UnitParts): Promise<Refusal | null> {
  if (plugged.at === null) return null;
  const { order, serial } = plugged.at;
  const detached = await reports.sendOrKeep(`unit-${config.unit}`, { type: 'LineDetached', data: { order, serial } });
  plugged.move(null);
  return detached;
}

/** Received, reserved, taken: three streams, each said once and harmless when said again. */
export async function takeWork({ client }: UnitParts, work: Work): Promise<Refusal | null> {
  const [order, serial] = [work.order.id, work.serial];
  const byOrder = { id: 'ID!', order: 'ID!', serial: 'String!' };
  const received = await client.submit('receiveModule', { id: 'ID!', serial: 'String!' }, { id: uuidv7(), serial });
  if (isRefusal(received)) return received;
  const reserved = await client.submit('reserveModule', byOrder, { id: uuidv7(), order, serial });
  if (isRefusal(reserved)) return reserved;
  const took = await client.submit('takeOrder', byOrder, { id: uuidv7(), order, serial });
  return isRefusal(took) ? took : null;
}

/** A fact that the record must hold before the next begins; where nobody answers it is kept, and told in its turn. */
function report(
  parts: UnitParts,
  { stream, isOffline }: Job,
  ...[type, data]: [type: string, data: object]
): Promise<Refusal | null> {
  const { reports } = parts;
  return isOffline ? reports.sendOrKeep(stream, { type, data }) : reports.send(stream, { type, data });
}

/** What the card has signed is signed: from there on the run goes to its end, and a silent platform hears of it later. */
function done(
  { reports }: UnitParts,
  { stream }: Job,
  ...[type, data]: [type: string, data: object]
): Promise<Refusal | null> {
  return reports.sendOrKeep(stream, { type, data });
}

/** The technician plugs the line into the machine whose serial he reads. */
async function attach(parts: UnitParts, { work, isOffline }: Job): Promise<ModuleLine | Refusal> {
  const { unit, technician, pins } = parts.config;
  const duplex = await plugIn(parts.config, work.serial);
  if (isRefusal(duplex)) return duplex;
  const plug = { order: work.order.id, serial: work.serial };
  if (!parts.plugged.is(plug)) await unplug(parts); // left on by a loss of power
  parts.plugged.move(plug);
  const fact = { type: 'LineAttached', data: { link: 'V.24', ...plug, technician: technician.id } };
  const { reports } = parts;
  const attached = await (isOffline ? reports.sendOrKeep(`unit-${unit}`, fact) : reports.send(`unit-${unit}`, fact));
  if (attached !== null) {
    duplex.destroy();
    return attached;
  }
  return ModuleLine.open(duplex, {
    serial: work.serial,
    identityCaSpki: octets(pins.identityCaSpki),
    roots: parts.manufacturers.roots,
    clock: parts.clock,
  });
}

async function withModule(parts: UnitParts, job: Job, line: ModuleLine): Promise<Refusal | null> {
  const data = {
    exporter: toBase64url(line.exporter),
    identity: hashId(line.module.identity),
    unitTime: parts.clock.seconds(),
  };
  const identified = await report(parts, job, 'ModuleIdentified', data);
  if (identified !== null) return identified;
  return line.module.state === 'operating' ? confirm(parts, job, line) : certify(parts, job, line);
}

/** The answer was lost after the module had stored its certificate: it says again what it holds. */
async function confirm(parts: UnitParts, job: Job, line: ModuleLine): Promise<Refusal | null> {
  const stored = await line.storedCertificate();
  if (isRefusal(stored)) return stored;
  return reportInstalled(parts, job, stored);
}

async function certify(parts: UnitParts, job: Job, line: ModuleLine): Promise<Refusal | null> {
  const session = await CardSession.open(parts, job);
  if (isRefusal(session)) return session;
  try {
    const made = await makeKey(parts, job, { line, challenge: session.challenge });
    if (isRefusal(made)) return made;
    const signed = await session.sign(parts, job, { ...made, ...line.module });
    if (isRefusal(signed)) return signed;
    const issued = await reportIssued(parts, job, signed);
    return issued ?? (await install(parts, job, { line, made, signed }));
  } finally {
    await session.close();
  }
}

async function makeKey(
  parts: UnitParts,
  job: Job,
  at: { line: ModuleLine; challenge: Uint8Array },
): Promise<MadeKey | Refusal> {
  const journal = new Journal(parts.config.folder, job.work.order.id, job.work.serial);
  const earlierSalts = journal.salts;
  const unitRandom = randomOctets(32);
  journal.prescribe(saltOf(at.challenge, unitRandom));
  const made = await at.line.makeKey({
    genesis: octets(job.order.genesis),
    orderHash: octets(job.work.order.id),
    cardKey: octets(job.order.cardKey),
    challenge: at.challenge,
    unitRandom,
    earlierSalts,
  });
  if (isRefusal(made)) return made;
  const { spki, salt, epoch } = made.attestation;
  const reported = await report(parts, job, 'ModuleKeyReceived', {
    attestation: toBase64url(made.bytes),
    attestationSignature: toBase64url(made.signature),
    birth: 'personalization',
    epoch,
    salt: toBase64url(salt),
    spki: toBase64url(spki),
  });
  return reported ?? made;
}

interface Signed {
  readonly certificate: Uint8Array;
  readonly entry: Uint8Array;
}

async function reportIssued(parts: UnitParts, job: Job, { certificate, entry }: Signed): Promise<Refusal | null> {
  const read = decodeLogEntry(entry);
  if (isRefusal(read)) return read;
  const { card } = job.work;
  const data = {
    card,
    cardKey: job.order.cardKey,
    entry: toBase64url(entry),
    fingerprint: hashId(certificate),
    number: read.number,
  };
  return done(parts, job, 'CertificateIssued', data);
}

/** Certificate, chain, list and station statement: the module stores all of them or none. */
async function install(
  parts: UnitParts,
  job: Job,
  { line, made, signed }: { line: ModuleLine; made: MadeKey; signed: Signed },
): Promise<Refusal | null> {
  const entry = decodeLogEntry(signed.entry);
  if (isRefusal(entry)) return entry;
  const { work, order } = job;
  const what = {
    customerCa: octets(work.customerCa),
    cardCa: octets(work.cardCa),
    certificate: signed.certificate,
    crl: octets(work.crl),
    stationStatement: {
      stationKey: entry.stationKeyHash,
      stationNextKey: octets(order.stationNextKey),
      signature: entry.stationSignature,
    },
  };
  const { spki: moduleSpki, epoch } = made.attestation;
  const installed = await line.install(what, { moduleSpki, epoch, orderHash: octets(work.order.id) });
  if (isRefusal(installed)) return installed;
  return reportInstalled(parts, job, { ...installed, certificate: signed.certificate });
}

function reportInstalled(
  parts: UnitParts,
  job: Job,
  it: { readonly certificate: Uint8Array; readonly statement: Uint8Array; readonly signature: Uint8Array },
): Promise<Refusal | null> {
  const data = {
    fingerprint: hashId(it.certificate),
    signature: toBase64url(it.signature),
    statement: toBase64url(it.statement),
  };
  return done(parts, job, 'CertificateInstalled', data);
}
