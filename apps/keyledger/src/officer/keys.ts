/**
 * An officer's own keys on his own machine: one that approves and one that signs in, encrypted with his passphrase. What
 * leaves the machine is the sheet of their public halves, which he hands to whoever writes the next approver set.
 */
import { type KeyObject, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { fromBase64url } from '#libs/kernel/bytes.ts';
import { publicJwk, thumbprint } from '#libs/kernel/hash.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { name } from '#libs/kernel/template.ts';
import { eightWords } from '#libs/kernel/words.ts';
import { Complaint } from '../config.ts';

export const FILES = { approval: 'approval.pem', signIn: 'sign-in.pem', sheet: 'officer.json' } as const;

/** Nobody who finds the files should try passphrases for an afternoon. */
export const PASSPHRASE_MIN = 12;

export interface Sheet {
  readonly officer: string;
  readonly approval: PublicHalf;
  readonly signIn: PublicHalf;
}

interface PublicHalf {
  readonly crv: 'P-256';
  readonly kty: 'EC';
  readonly x: string;
  readonly y: string;
}

/** Makes both keys in a folder that is not below the data folder and holds none yet. */
export function makeKeys(it: {
  readonly officer: string;
  readonly folder: string;
  readonly data: string;
  readonly passphrase: string;
}): Sheet {
  const named = name(it.officer, 'the name');
  if (isRefusal(named)) throw new Complaint('BAD_NAME', named.message);
  if (it.passphrase.length < PASSPHRASE_MIN)
    throw new Complaint('PASSPHRASE_SHORT', `A passphrase has at least ${PASSPHRASE_MIN} characters.`);
  if (isBelow(it.data, it.folder))
    throw new Complaint(
      'IN_DATA_FOLDER',
      'Keys that approve never lie below the data folder; name a folder elsewhere.',
    );
  mkdirSync(it.folder, { recursive: true, mode: 0o700 });
  if (Object.values(FILES).some((file) => existsSync(join(it.folder, file))))
    throw new Complaint('KEYS_THERE', `The folder ${it.folder} holds an officer's keys already.`);
  const approval = madeKey(join(it.folder, FILES.approval), it.passphrase);
  const signIn = madeKey(join(it.folder, FILES.signIn), it.passphrase);
  const sheet: Sheet = { officer: it.officer, approval, signIn };
  writeFileSync(join(it.folder, FILES.sheet), `${JSON.stringify(sheet, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  return sheet;
}

function madeKey(file: string, passphrase: string): PublicHalf {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase });
  writeFileSync(file, pem, { mode: 0o600, flag: 'wx' });
  const { x, y = '' } = publicJwk(publicKey);
  return { crv: 'P-256', kty: 'EC', x, y };
}

/** By the places that they really are, whatever links lead there. */
function isBelow(data: string, folder: string): boolean {
  const [above, place] = [realPlace(data), realPlace(folder)];
  return place === above || place.startsWith(above + sep);
}

function realPlace(path: string): string {
  const whole = resolve(path);
  if (existsSync(whole)) return realpathSync(whole);
  return dirname(whole) === whole ? whole : join(realPlace(dirname(whole)), whole.slice(dirname(whole).length));
}

export function sheetIn(folder: string): Sheet {
  try {
    return JSON.parse(readFileSync(join(folder, FILES.sheet), 'utf8')) as Sheet; // written by makeKeys
  } catch {
    throw new Complaint('NO_OFFICER', `The folder ${folder} holds no officer's keys; make them with officer init.`);
  }
}

/** One of the two keys, or a complaint that tells nothing but that the passphrase does not open it. */
export function openKey(folder: string, which: 'approval' | 'signIn', passphrase: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: readFileSync(join(folder, FILES[which])), passphrase });
  } catch {
    throw new Complaint('PASSPHRASE_WRONG', 'The passphrase does not open the key.');
  }
  if (thumbprint(publicJwk(createPublicKey(key))) !== thumbprint(sheetIn(folder)[which]))
    throw new Complaint('KEY_ALTERED', 'The key in the file is not the one on the sheet.');
  return key;
}

/** Of a key by its thumbprint, or of any other hash. */
export function wordsOf(hash: string): string {
  return eightWords(fromBase64url(hash) ?? new Uint8Array(16));
}
