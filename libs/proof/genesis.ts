/** The founding, and the approver set that stands in it: what everything else in the log is held against. */
import { parseManufacturerRoot } from '#libs/certificates/manufacturer-roots.ts';
import { isP256Spki } from '#libs/certificates/p256.ts';
import type { Founding } from '#libs/domain/log/log.ts';
import { approverSetHash, parseApproverSet } from '#libs/kernel/approver-set.ts';
import { ascii, utf8 } from '#libs/kernel/bytes.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { hashId } from '#libs/kernel/hash.ts';
import { judgeOperators } from '#libs/kernel/operator.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { introducedKey } from './log-keys.ts';
import type { Genesis, Known, SetFacts } from './known.ts';
import { parseWitnessPolicy } from '#libs/seal/cosignature.ts';
import { parseNoteKey } from '#libs/seal/note-key.ts';
import { octetsOf, thumbprintOf } from './signatures.ts';

/** Who reports with the lease key that the founding names. */
const HEADQUARTERS = 'headquarters:HQ';

/** DeploymentFounded: keys that are keys, a root that signed itself, a set that can be read. */
export function founded(known: Known, { data }: StoredEvent): Refusal | null {
  const founding = data as Founding;
  const root = parseManufacturerRoot(octetsOf(founding.manufacturerRoot));
  if (isRefusal(root))
    return refuse('GENESIS_ROOT', 'The manufacturer root of the founding is no root: it did not sign itself.');
  const policy = parseWitnessPolicy(founding.witnessPolicy);
  if (isRefusal(policy)) return policy;
  const keys = [thumbprintOf(founding.leaseKey), thumbprintOf(founding.trustListKey)];
  if (keys.includes(null) || !isP256Spki(octetsOf(founding.cardMakerRoot)))
    return refuse('GENESIS_KEY', 'A key of the founding is no public key.');
  const setBytes = ascii(founding.approverSet);
  const set = parseApproverSet(setBytes);
  if (isRefusal(set)) return set;
  const refusal = judgeOperators(founding.operators, founding.approverSet);
  if (refusal !== null) return refusal;
  const hash = hashId(utf8(canonicalJson(founding)));
  const logKey = parseNoteKey(founding.logKey);
  if (isRefusal(logKey)) return logKey;
  known.logKeys = [logKey];
  known.witnessPolicies = [{ from: 0, stated: founding.witnessPolicy, policy }];
  known.genesis = { hash, founding };
  known.manufacturers.set(root.id, root);
  known.credentials.set(HEADQUARTERS, founding.leaseKey);
  known.setInForce = approverSetHash(setBytes);
  known.sets.set(known.setInForce, { hash: known.setInForce, bytes: setBytes, set });
  return null;
}

/** CheckpointKeyIntroduced: a key that can sign notes, under the name that the log has for ever. */
export function checkpointKeyIntroduced(known: Known, event: StoredEvent): Refusal | null {
  const key = introducedKey(event);
  if (key !== null) known.logKeys = [...known.logKeys, key];
  return key?.name === known.logKeys[0]?.name
    ? null
    : refuse('LOG_KEY', 'The introduced key signs no checkpoints of this log: it is none, or it bears another name.');
}

/** The walk lets nothing stand before the founding. */
export function genesisOf({ genesis }: Known): Genesis {
  if (genesis === null) throw new Error('nothing is judged before the founding');
  return genesis;
}

/** The approver set in force. */
export function setOf({ sets, setInForce }: Known): SetFacts {
  const set = sets.get(setInForce);
  if (set === undefined) throw new Error('nothing is judged before the founding');
  return set;
}
