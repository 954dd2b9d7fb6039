/** Attacks on INSTALL: each one brings a module something that an honest card and unit would not. */
import { issueCardAuthority, parseAuthority } from '#libs/certificates/authority.ts';
import { issueRevocationList, parseRevocationList } from '#libs/certificates/crl.ts';
import { signRaw } from '#libs/certificates/ecdsa.ts';
import { OID } from '#libs/certificates/oids.ts';
import { assemble, parseCertificate, tbsOf, type Extension } from '#libs/certificates/x509.ts';
import { concat } from '#libs/kernel/bytes.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import type { ModuleLaws } from '#module-emulator/security-module/law.ts';
import type { Attack } from './attack.ts';
import { BENCH_NOW, ModuleBench, YEAR, cardKeyOf, keyHashOf, newSigningKey, orThrow, spkiOfPrivate } from './module-bench.ts';
import { type InstallChange } from './module-bench.ts';

type Trick = (bench: ModuleBench) => InstallChange;

/** He gets through when the module is in operation with what he brought. */
function installing(law: ModuleLaws, trick: Trick): Promise<boolean> {
  const bench = new ModuleBench({ law });
  const attestation = bench.makeKey();
  const change = trick(bench);
  const answer = bench.execute(bench.installation(attestation, change));
  return Promise.resolve(!isRefusal(answer) && bench.module.state === 'operating');
}

const on = (check: string, attacker: string, trick: Trick): Attack<ModuleLaws> => ({
  check,
  attacker,
  attempt: (law) => installing(law, trick),
});

/** A card CA that the customer signing CA signed, with other extensions than it should have. */
function cardCaWith(bench: ModuleBench, alter: (extensions: readonly Extension[]) => readonly Extension[]): Uint8Array {
  const genuine = orThrow(parseCertificate(bench.customer.cardCa));
  const tbs = tbsOf({ ...genuine, extensions: alter(genuine.extensions) });
  return assemble(tbs, bench.customerCaSigns(tbs));
}

const otherThan = (oid: string, value: Uint8Array) => (extensions: readonly Extension[]) =>
  extensions.map((one) => (one.oid === oid ? { ...one, value } : one));

/** basicConstraints {cA TRUE}, no path length; policies with enforcement `device` alone. */
const CA_WITHOUT_LIMIT = Uint8Array.of(0x30, 0x03, 0x01, 0x01, 0xff);

function policiesWithout(bench: ModuleBench, oid: string): Uint8Array {
  const genuine = orThrow(parseCertificate(bench.customer.cardCa));
  const policies = genuine.extensions.find((one) => one.oid === OID.certificatePolicies)?.value ?? new Uint8Array();
  const customerCa = orThrow(parseCertificate(bench.manufacturer.identityCa));
  void oid;
  void customerCa;
  return policies;
}

export { BENCH_NOW };
