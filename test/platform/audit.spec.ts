/** The audit trail as somebody uses it who believes nothing: proofs, links, and what is whose to read. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CARD, STATION } from '#apps/keyledger/src/demo/names.ts';
import { SERIAL } from '#apps/keyledger/src/story/personalization.ts';
import { tellStory } from '#apps/keyledger/src/story/story.ts';
import { fromBase64url, utf8 } from '#libs/kernel/bytes.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { openCheckpoint } from '#libs/seal/checkpoint.ts';
import { leafHash } from '#libs/seal/merkle-node.ts';
import { verifyInclusion } from '#libs/seal/merkle-proof.ts';
import { parseNoteKey } from '#libs/seal/note-key.ts';
import { type HouseInProcess, houseInProcess } from '#test/journeys/house-in-process.ts';
import { type Said, asks, page } from '#test/kit/graphql.ts';
import { sessionOf } from './people.ts';

let it: HouseInProcess;
let fingerprint: string;
const tokens = { rita: '', clara: '' };

beforeAll(async () => {
  it = await houseInProcess();
  ({ fingerprint } = await tellStory(it.world));
  for (const who of ['rita', 'clara'] as const) tokens[who] = (await sessionOf(it, who)).token;
}, 60_000);

afterAll(() => it?.close());

const as = (who: keyof typeof tokens) => ({ url: it.house.platformUrl, token: tokens[who] });
const ask = (query: string, variables: object = {}): Promise<Said> => asks(as('rita'), query, variables);

interface Proof {
  readonly salt: string;
  readonly canonical: string;
  readonly entry: string;
  readonly index: number;
  readonly size: number;
  readonly path: readonly string[];
  readonly checkpoint: string;
}

const octets = (text: string): Uint8Array => fromBase64url(text) ?? new Uint8Array();

describe('an event', () => {
  const PROOF = '{ position index type data proof { salt canonical entry index size path checkpoint } }';

  test('of every type is found again under a checkpoint that the log key of the genesis signed', async () => {
    const { data } = await ask('{ deployment { genesis founding logKey customer demo foundedAt } }');
    const pinned = data.deployment as { genesis: string; founding: string; logKey: string; foundedAt: string };
    expect(createHash('sha256').update(pinned.founding).digest('base64url')).toBe(it.house.deployment.genesis);
    expect(JSON.parse(pinned.founding)).toHaveProperty('logKey', pinned.logKey);
    const logKey = parseNoteKey(pinned.logKey);
    if (isRefusal(logKey)) throw new Error(logKey.code);
    const { edges } = await page(as('rita'), 'events', PROOF, 'first: 200');
    expect(edges.length).toBeGreaterThan(80);
    for (const { node } of edges) {
      const { proof, index, type, data: said } = node as { proof: Proof; index: number; type: string; data: string };
      const { salt, canonical, path, checkpoint } = proof;
      expect(JSON.parse(canonical)).toMatchObject({ type, data: JSON.parse(said) as object });
      const opened = openCheckpoint(checkpoint, logKey);
      if (isRefusal(opened)) throw new Error(opened.code);
      const entry = createHash('sha256').update(octets(salt)).update(utf8(canonical)).digest();
      expect(entry.toString('base64url')).toBe(proof.entry);
      const leaf = leafHash(entry);
      const proven = { index, size: opened.size, root: opened.root, leafHash: leaf, proof: path.map(octets) };
      expect(verifyInclusion(proven)).toBe(true);
      expect(verifyInclusion({ ...proven, index: index === 0 ? 1 : index - 1 })).toBe(false);
    }
  });

  test('is asked by its position', async () => {
    const [edge] = (await page(as('rita'), 'events', '{ position type }', 'first: 1')).edges;
    const { position } = edge?.node as { position: string };
    const { data } = await ask(
      'query($position: String!) { event(position: $position) { type } none: event(position: "x") { type } }',
      { position },
    );
    expect(data).toMatchObject({ event: { type: expect.any(String) as string }, none: null });
  });
});

describe('one thing leads to another', () => {
  const CERTIFICATE = `query($fingerprint: String!) { certificate(fingerprint: $fingerprint) {
    links { securityModule { serial state } order { state approvers { person } } chipCard { card } station { station } key { state } }
    events(first: 20) { edges { node { type links { securityModule { serial } } } } } } }`;

  test('a certificate to its module, order, approvers, card, key and station, and to its own events', async () => {
    const { data, errors } = await ask(CERTIFICATE, { fingerprint });
    expect(errors).toEqual([]);
    expect(data.certificate).toMatchObject({
      links: {
        securityModule: { serial: SERIAL, state: 'operating' },
        order: { state: 'spent', approvers: [{ person: 'P-ANNA' }, { person: 'P-BO' }] },
        chipCard: { card: CARD },
        station: { station: STATION },
        key: { state: 'compromised' },
      },
    });
    const { events } = data.certificate as { events: { edges: { node: { type: string } }[] } };
    expect(events.edges.map(({ node }) => node.type)).toEqual(
      expect.arrayContaining(['CertificateIssued', 'CertificateRecorded']),
    );
  });

  test.each([
    ['order', 'orders(first: 1) { edges { node', 'OrderRequested'],
    ['module', 'securityModules(first: 1) { edges { node', 'ModuleInitialized'],
    ['card', 'chipCards(first: 1) { edges { node', 'CardIssued'],
    ['station', 'stations(first: 1) { edges { node', 'StationRegistered'],
    ['unit', 'units(first: 1) { edges { node', 'UnitEnrolled'],
  ])('the %s has its events, from the first on', async (_, question, type) => {
    const { data, errors } = await ask(`{ ${question} { events(last: 3) { edges { node { type } } } } } } }`);
    expect(errors).toEqual([]);
    expect(JSON.stringify(data)).toContain(type);
  });

  test('who does not read the audit trail gets everything else, and is told', async () => {
    const said = await asks(as('clara'), CERTIFICATE, { fingerprint });
    expect(said.codes).toEqual(['FORBIDDEN']);
    expect(said.data.certificate).toMatchObject({ links: { securityModule: { serial: SERIAL } }, events: null });
  });
});
