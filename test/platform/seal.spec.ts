/** The seal as strangers see it: every tile over HTTP, the witness's cosignature, and the proof that goes with a receipt. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WITNESS } from '#apps/keyledger/src/demo/names.ts';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { fromBase64url } from '#libs/kernel/bytes.ts';
import { entryOf } from '#libs/kernel/event.ts';
import { uuidv7 } from '#libs/kernel/ids.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import { openCheckpoint } from '#libs/seal/checkpoint.ts';
import { judgeWitnessed, parseWitnessPolicy, witnessesOf } from '#libs/seal/cosignature.ts';
import { leafHash } from '#libs/seal/merkle-node.ts';
import { verifyInclusion } from '#libs/seal/merkle-proof.ts';
import { parseNoteKey } from '#libs/seal/note-key.ts';
import { type HouseInProcess, houseInProcess } from '#test/journeys/house-in-process.ts';
import { asks } from '#test/kit/graphql.ts';
import { entriesOf, headOf, walkTiles } from '#test/kit/stranger.ts';
import { sessionOf } from './people.ts';

let it: HouseInProcess;
const get = (path: string) => fetch(`${it.house.platformUrl}/log/${path}`);
const octetsAt = async (path: string): Promise<Uint8Array | null> => {
  const response = await get(path);
  return response.ok ? new Uint8Array(await response.arrayBuffer()) : null;
};

beforeAll(async () => {
  it = await houseInProcess();
  await founding(it.world);
}, 180_000);

afterAll(() => it?.close());

function held<T>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(`${value.code}: ${value.message}`);
  return value;
}

interface Seal {
  readonly size: number;
  readonly root: string;
  readonly sealedAt: string | null;
  readonly cosignedSize: number;
  readonly quorum: number;
  readonly witnesses: readonly { name: string; size: number | null; at: string | null; problem: string | null }[];
  readonly standstill: string | null;
}

async function seal(): Promise<Seal> {
  const query =
    '{ seal { size root sealedAt quorum cosignedSize witnesses { name size at problem } standstill checkpoint } }';
  const { data } = (await (
    await fetch(`${it.house.platformUrl}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    })
  ).json()) as { data: { seal: Seal } };
  return data.seal;
}

async function cosigned(size: number): Promise<Seal> {
  for (;;) {
    const now = await seal();
    if (now.cosignedSize >= size) return now;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('a stranger', () => {
  test('reads a checkpoint that the witness of the founding cosigned, and walks every tile under it to its root', async () => {
    const { founding: genesis } = it.house.deployment;
    const { cosignedSize } = await cosigned(1);
    const note = await (await get('checkpoint')).text();
    const { origin, size, root } = headOf(note);
    expect(size).toBeGreaterThanOrEqual(cosignedSize);
    expect(openCheckpoint(note, held(parseNoteKey(genesis.logKey)))).toMatchObject({ origin, size });
    const policy = held(parseWitnessPolicy(genesis.witnessPolicy));
    expect([policy.quorum, judgeWitnessed(note, policy)]).toEqual([1, null]);
    expect(witnessesOf(note, policy)).toMatchObject([{ name: WITNESS }]);
    expect(await walkTiles(octetsAt, size)).toBe(root);
    const events = (await it.events()).slice(0, size);
    expect(await entriesOf(octetsAt, size)).toEqual(events.map((event) => Buffer.from(entryOf(event))));
  });

  test('may keep a tile for ever, a checkpoint never, and finds nothing else there', async () => {
    const { size } = headOf(await (await get('checkpoint')).text());
    const tile = await get(`tile/0/000.p/${Math.min(size, 255)}`);
    expect(tile.headers.get('content-type')).toBe('application/octet-stream');
    expect(tile.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect((await get('checkpoint')).headers.get('cache-control')).toBe('no-cache');
    for (const path of ['tile/0/999', 'tile/0', 'tile/', 'tile/0/..%2F000', 'tile/9/000.p/1', 'tile/names/000']) {
      const response = await get(path);
      expect([path, response.status]).toEqual([path, 404]);
      expect(response.headers.get('cache-control') ?? 'no-store').toBe('no-store');
    }
  });

  test('asks how far the log is sealed, and who saw it', async () => {
    const events = (await it.events()).length;
    const now = await cosigned(events);
    expect(now).toMatchObject({ size: events, quorum: 1, standstill: null });
    expect(now.witnesses).toEqual([
      { name: WITNESS, size: now.cosignedSize, at: expect.stringMatching(/^\d{4}-.*Z$/), problem: null },
    ]);
    expect(now.sealedAt).toMatch(/^\d{4}-.*Z$/);
    expect(now.root).toMatch(/^[0-9a-f]{64}$/);
    const health = (await (await fetch(`${it.house.platformUrl}/health/ready`)).json()) as object;
    expect(health).toMatchObject({
      ready: true,
      sealed: events,
      cosigned: events,
      parts: { witnesses: { witnesses: [{ name: WITNESS }] } },
    });
  });
});

test('a receipt carries its inclusion proof where it is asked for, and the proof holds', async () => {
  const url = it.house.platformUrl;
  const { token } = await sessionOf(it, 'anna');
  const query =
    'mutation($id: ID!) { signOut(id: $id) { ... on Receipt { position proof { index size hashes checkpoint } } ... on Refusal { code } } }';
  const before = performance.now();
  const { data } = await asks({ url, token }, query, { id: uuidv7() });
  expect(performance.now() - before).toBeLessThan(5000);
  const { position, proof } = data.signOut as {
    position: string;
    proof: { index: number; size: number; hashes: string[]; checkpoint: string };
  };
  const event = (await it.events()).find((one) => one.position === position);
  const logKey = held(parseNoteKey(it.house.deployment.founding.logKey));
  const { size, root } = held(openCheckpoint(proof.checkpoint, logKey));
  const inclusion = {
    index: proof.index,
    size,
    root,
    leafHash: leafHash(entryOf(event!)),
    proof: proof.hashes.map((hash) => fromBase64url(hash) ?? new Uint8Array()),
  };
  expect(proof.size).toBe(size);
  expect(verifyInclusion(inclusion)).toBe(true);
  expect(verifyInclusion({ ...inclusion, leafHash: leafHash(entryOf({ ...event!, type: 'SignedIn' })) })).toBe(false);
});
