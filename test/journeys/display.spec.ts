/** The eight words on a device's own display: an officer compares them, and a platform that shows another key gets nothing. */
import { type KeyObject, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openCard } from '#apps/keyledger/src/demo/images.ts';
import { CARD, SERIALS, STATION, UNIT } from '#apps/keyledger/src/demo/names.ts';
import { servesNoMore, tellServing } from '#apps/keyledger/src/demo/running.ts';
import { wordsOf } from '#apps/keyledger/src/officer/keys.ts';
import { OfficerView } from '#apps/keyledger/src/officer/view.ts';
import { type IssuedCard, issueCard } from '#apps/keyledger/src/story/card.ts';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { type Looked, display } from '#apps/keyledger/src/verbs/display.ts';
import { beginView, learn } from '#apps/keyledger/src/verbs/view.ts';
import { signRaw } from '#libs/certificates/ecdsa.ts';
import { decodeBirth, encodeBirth } from '#libs/chip-card-protocol/statements.ts';
import { fromBase64url, toBase64url } from '#libs/kernel/bytes.ts';
import { hashId, publicJwk, spkiOf, thumbprint } from '#libs/kernel/hash.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { makeKeys } from '#apps/keyledger/src/officer/keys.ts';
import { HostilePlatform } from './hostile-platform.ts';
import { type HouseInProcess, houseInProcess } from './house-in-process.ts';
import { PeopleBench } from './people-bench.ts';
import { heard } from './story-record.ts';

const PASSPHRASE = 'correct horse battery staple';
const machine = mkdtempSync(join(tmpdir(), 'kl-display-'));
const folder = join(machine, 'gus');
let it: HouseInProcess;
let card: IssuedCard;
let hostile: HostilePlatform;

beforeAll(async () => {
  it = await houseInProcess();
  await founding(it.world);
  card = await issueCard(it.world);
  hostile = new HostilePlatform(it.house.platformUrl);
  await hostile.start();
  const { approval, signIn } = makeKeys({ officer: 'P-GUS', folder, data: it.folder, passphrase: PASSPHRASE });
  const bench = new PeopleBench(it);
  const gus = { id: 'P-GUS', roles: ['approver'] as const, keys: [{ ...approval, class: 'A' as const }] };
  await bench.adopted(bench.later({ persons: [...bench.inForce.persons, gus] }));
  const enrolment = { kind: 'enrol-operator', operator: 'P-GUS', roles: ['approver'], credential: thumbprint(signIn) };
  await bench.changes(await bench.ordered(enrolment), signIn);
  const { genesis } = it.house.deployment;
  const asks = () => Promise.resolve(PASSPHRASE);
  expect(await beginView({ folder, url: it.house.platformUrl, genesis }, asks, heard().terminal)).toBe(0);
}, 180_000);

afterAll(async () => {
  await hostile?.close();
  await it?.close();
  rmSync(machine, { recursive: true, force: true });
});

async function seen(kind: Looked['kind'], name: string): Promise<{ code: number; lines: readonly string[] }> {
  const { terminal, lines, warnings } = heard();
  return { code: await display({ folder: it.folder, kind, name }, terminal), lines: [...lines, ...warnings] };
}

async function learns(what: object, url = it.house.platformUrl): Promise<string> {
  const { terminal, warnings } = heard();
  const asks = () => Promise.resolve(PASSPHRASE);
  const code = await learn({ folder, url, devices: it.folder, ...what }, asks, terminal);
  return code === 0 ? 'learnt' : warnings.join();
}

const inView = () => OfficerView.open(join(folder, 'view.json'));

describe('S31b a device’s display', () => {
  test('is looked at beside what runs here, and nowhere else', async () => {
    servesNoMore(it.house.deployment.places);
    await expect(seen('card', CARD)).rejects.toMatchObject({ code: 'NOT_RUNNING' });
    tellServing(it.house);
    expect(await seen('card', 'C-9999')).toMatchObject({ code: 1, lines: [expect.stringContaining('NO_DEVICE')] });
    expect(await seen('module', 'ATM-999999')).toMatchObject({ code: 1 });
  });

  test('shows the words of its own key, whatever the platform says: card, station, unit, module', async () => {
    expect(await seen('card', CARD)).toEqual({ code: 0, lines: [`signing key: ${wordsOf(card.cardKey)}`] });
    expect(await seen('card', 'C-0043')).toMatchObject({ code: 1, lines: [expect.stringContaining('NO_KEY')] });
    const asked = 'query ($station: String!) { station(station: $station) { stationKey nextKey } }';
    const told = await it.world.callers.ask<{ station: { stationKey: string; nextKey: string } }>('clara', asked, {
      station: STATION,
    });
    const { stationKey, nextKey } = told.station;
    const both = [`station key: ${wordsOf(stationKey)}`, `next key: ${wordsOf(nextKey)}`];
    expect(await seen('station', STATION)).toEqual({ code: 0, lines: both });
    const enrolled = (await it.events()).find(({ type }) => type === 'UnitEnrolled')!.data as { credential: never };
    expect(await seen('unit', UNIT)).toEqual({
      code: 0,
      lines: [`credential: ${wordsOf(thumbprint(enrolled.credential))}`],
    });
    const module = await seen('module', SERIALS[0]);
    expect(module).toEqual({ code: 0, lines: [expect.stringMatching(/^identity key: ([a-z]{5} ?){8}$/)] });
  });

  test('lets a card and a station into the view where the platform shows the same key', async () => {
    expect(await learns({ card: CARD })).toBe('learnt');
    expect(await learns({ station: STATION })).toBe('learnt');
    expect(inView().cards.map(({ cardKey }) => cardKey)).toEqual([card.cardKey]);
  });

  test('keeps out a station key that the platform made up', async () => {
    const { stations } = inView();
    const other = hashId(new Uint8Array(1));
    for (const member of ['stationKey', 'nextKey']) {
      hostile.alters = (data) => {
        if (data.station) Object.assign(data.station, { [member]: other });
      };
      expect(await learns({ station: STATION }, hostile.url)).toContain('WORDS_DIFFER');
    }
    expect(inView().stations).toEqual(stations);
  });

  test('keeps out a card key that was never born in this card, though the thief of its device key says so', async () => {
    const { cards } = inView();
    const twin = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
    hostile.alters = (data) => {
      if (data.cardBirth) Object.assign(data.cardBirth, { spki: toBase64url(spkiOf(twin)) });
    };
    expect(await learns({ card: CARD }, hostile.url)).toContain('BIRTH_OTHER_KEY');
    hostile.alters = (data) => {
      if (data.cardBirth) Object.assign(data.cardBirth, bornElsewhere(data.cardBirth as { birth: string }, twin));
    };
    expect(await learns({ card: CARD }, hostile.url)).toContain('WORDS_DIFFER');
    expect(inView().cards).toEqual(cards);
  });
});

/** A birth statement for another key by the card's own device key: everything holds, but the card does not show it. */
function bornElsewhere({ birth }: { birth: string }, twin: KeyObject): object {
  const stated = decodeBirth(fromBase64url(birth)!);
  if (isRefusal(stated)) throw new Error(stated.code);
  const cardKey = fromBase64url(thumbprint(publicJwk(twin)))!;
  const octets = encodeBirth({ ...stated, cardKey });
  const { deviceKey } = openCard(it.house.deployment.places).read();
  const key = createPrivateKey({ key: Buffer.from(fromBase64url(deviceKey)!), format: 'der', type: 'pkcs8' });
  return {
    spki: toBase64url(spkiOf(twin)),
    birth: toBase64url(octets),
    birthSignature: toBase64url(signRaw(octets, key)),
  };
}
