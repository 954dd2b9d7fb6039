/** Signed notes and checkpoints: our own round trip, what is refused, and other people's published notes and keys. */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { checkpointBody, openCheckpoint, parseCheckpointBody, signCheckpoint } from './checkpoint.ts';
import { ed25519NoteKey, parseNoteKey } from './note-key.ts';
import { octets32 } from './octets.fixture.ts';
import { describeVectors, vectorText, vectorsPresent } from './published-vectors.fixture.ts';
import { parseNote, signNote, verifyNote } from './signed-note.ts';

const LOG = { name: 'keyledger.example/log', key: generateKeyPairSync('ed25519').privateKey };
const OTHER = { name: 'witness.example', key: generateKeyPairSync('ed25519').privateKey };
const logKey = ed25519NoteKey(LOG.name, LOG.key);

/** The example of c2sp.org/signed-note. */
const EXAMPLE_KEY = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const EXAMPLE_NOTE =
  'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';

/** Whether a note opens under the keys of these lines. */
function opens(note: string, lines: readonly string[]): boolean {
  const read = parseNote(note);
  if (isRefusal(read)) return false;
  const keys = lines.map(parseNoteKey).flatMap((key) => (isRefusal(key) ? [] : [key]));
  return !isRefusal(verifyNote(read, keys));
}

describe('a signed note', () => {
  test('of the specification opens, its key line is read and written back', () => {
    expect(opens(EXAMPLE_NOTE, [EXAMPLE_KEY])).toBe(true);
    expect(parseNoteKey(EXAMPLE_KEY)).toMatchObject({ name: 'example.com/foo', line: EXAMPLE_KEY });
    expect(opens(EXAMPLE_NOTE.replace('example m', 'Example m'), [EXAMPLE_KEY])).toBe(false);
    expect(opens(EXAMPLE_NOTE, [])).toBe(false);
  });

  test('by two signers opens for each, and keeps what it does not know', () => {
    const note = signNote('a text\n\nin two parts\n', [LOG, OTHER]);
    expect(opens(note, [logKey.line])).toBe(true);
    expect(opens(note, [ed25519NoteKey(OTHER.name, OTHER.key).line])).toBe(true);
    const read = parseNote(note);
    expect(read).toMatchObject({
      text: 'a text\n\nin two parts\n',
      signatures: [{ name: LOG.name }, { name: OTHER.name }],
    });
  });

  test('under a known key that did not sign it is refused whole', () => {
    const forged = signNote('a text\n', [OTHER, { name: LOG.name, key: OTHER.key }]);
    const swapped = signNote('a text\n', [LOG, OTHER]).replace('a text', 'b text');
    expect(opens(forged, [logKey.line])).toBe(false);
    expect(opens(swapped, [logKey.line])).toBe(false);
  });

  test('has at most 100 signatures, a bounded length and no control characters', () => {
    const line = EXAMPLE_NOTE.split('\n\n')[1] ?? '';
    const many = (count: number) => `This is an example message.\n\n${line.repeat(count)}`;
    expect(opens(many(100), [EXAMPLE_KEY])).toBe(true);
    expect(opens(many(101), [EXAMPLE_KEY])).toBe(false);
    expect(parseNote(`${'x'.repeat(1_000_001)}\n\n${line}`)).toMatchObject({ code: 'MALFORMED_NOTE' });
    expect(parseNote(`\u0001${EXAMPLE_NOTE}`)).toMatchObject({ code: 'MALFORMED_NOTE' });
    expect(parseNote(Uint8Array.of(0xff, 0x0a))).toMatchObject({ code: 'MALFORMED_NOTE' });
    expect(() => signNote('no newline', [LOG])).toThrow(TypeError);
    expect(() => ed25519NoteKey('two words', LOG.key)).toThrow(TypeError);
    expect(() => ed25519NoteKey('log', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)).toThrow(
      TypeError,
    );
  });
});

describe('a checkpoint', () => {
  const note = signCheckpoint({ size: 7, root: octets32(7) }, LOG);

  test('is signed, read and held against the log key', () => {
    expect(openCheckpoint(note, logKey)).toEqual({ origin: LOG.name, size: 7, root: octets32(7), extensions: [] });
    expect(note.startsWith(`${LOG.name}\n7\nAAAACA`)).toBe(true);
  });

  test('of another key, another origin, another size or another root is refused', () => {
    expect(openCheckpoint(note, ed25519NoteKey(LOG.name, OTHER.key))).toMatchObject({ code: 'NOTE_NOT_SIGNED' });
    expect(openCheckpoint(note.replace('\n7\n', '\n8\n'), logKey)).toMatchObject({ code: 'BAD_NOTE_SIGNATURE' });
    expect(openCheckpoint(note.replace('AAAACA', 'AAAADA'), logKey)).toMatchObject({ code: 'BAD_NOTE_SIGNATURE' });
    expect(openCheckpoint(signNote(checkpointBody('elsewhere', 7, octets32(7)), [LOG]), logKey)).toMatchObject({
      code: 'BAD_CHECKPOINT',
    });
    expect(openCheckpoint(signNote(checkpointBody(LOG.name, 7, octets32(7).slice(1)), [LOG]), logKey)).toMatchObject({
      code: 'BAD_CHECKPOINT',
    });
  });
});

interface Vectors {
  readonly notes: readonly { id: string; keys: string[]; note: string; expected: string }[];
  readonly keys: readonly { id: string; key: string; expected: string }[];
  readonly checkpoints: readonly { id: string; body: string; expected: string }[];
  readonly signing_key_of_PeterNeumann: string;
}

describeVectors('published notes (Go checksum database, Rekor, Pixel, C2SP)', () => {
  const vectors = vectorsPresent
    ? (JSON.parse(vectorText('notes/notes.json')) as Vectors)
    : { notes: [], keys: [], checkpoints: [], signing_key_of_PeterNeumann: '' };
  const word = (holds: boolean) => (holds ? 'valid' : 'invalid');

  test('35 notes are judged as published', () => {
    expect(vectors.notes.map(({ id, note, keys }) => [id, word(opens(note, keys))])).toEqual(
      vectors.notes.map(({ id, expected }) => [id, expected]),
    );
    expect(vectors.notes).toHaveLength(35);
  });

  test('4 keys are judged as published', () => {
    expect(vectors.keys.map(({ id, key }) => [id, word(!isRefusal(parseNoteKey(key)))])).toEqual(
      vectors.keys.map(({ id, expected }) => [id, expected]),
    );
  });

  test('10 checkpoint bodies are judged as published', () => {
    expect(vectors.checkpoints.map(({ id, body }) => [id, word(!isRefusal(parseCheckpointBody(body)))])).toEqual(
      vectors.checkpoints.map(({ id, expected }) => [id, expected]),
    );
  });

  test('we sign the published text with the published key to the published note', () => {
    const published = vectors.notes.find(({ id }) => id === 'sumdb/peter');
    const read = parseNote(published?.note ?? '');
    if (isRefusal(read)) throw new Error(read.message);
    const base64 = /\+[0-9a-f]{8}\+(\S+)/.exec(vectors.signing_key_of_PeterNeumann)?.[1] ?? '';
    const seed = Buffer.from(base64, 'base64').subarray(1);
    const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
    const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
    expect(signNote(read.text, [{ name: 'PeterNeumann', key }])).toBe(published?.note);
  });
});
