/**
 * Attacks on the chip card (and, by its birth, on whoever certifies it): for every check of the card's laws somebody with a
 * name and a plan, whom this check stops, and who gets his certificate or his card when just this check is taken out.
 */
import { issueAuthority, issueIdentity } from '#libs/certificates/authority.ts';
import { OID } from '#libs/certificates/oids.ts';
import { assemble, extensions, parseCertificate, tbsOf } from '#libs/certificates/x509.ts';
import type { SignRequest } from '#libs/chip-card-protocol/client.ts';
import { approverSetBytes, approverSetHash } from '#libs/kernel/approver-set.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { heldKey, signs } from '#libs/kernel/officers.fixture.ts';
import { signDetached } from '#libs/kernel/detached-jws.ts';
import { sha256 } from '#libs/kernel/hash.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import { decodeAttestation } from '#libs/personalization-protocol/attestation.ts';
import { issuerOf } from '#module-emulator/manufacturer/manufacturer-memory.ts';
