/** An officer on his own machine: keys that never leave it, a view of his own, and approvals rendered from the bytes. */
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { STATION } from '#apps/keyledger/src/demo/names.ts';
import { makeKeys, openKey, sheetIn, wordsOf } from '#apps/keyledger/src/officer/keys.ts';
import { OfficerView } from '#apps/keyledger/src/officer/view.ts';
import { CARD } from '#apps/keyledger/src/demo/names.ts';
import { type IssuedCard, issueCard } from '#apps/keyledger/src/story/card.ts';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { orderFor, registerModule } from '#apps/keyledger/src/story/personalization.ts';
import { namesFile, namesIn, nameSomebody } from '#apps/keyledger/src/officer/names.ts';
import { erase } from '#apps/keyledger/src/verbs/operator.ts';
import { ruleWords } from '#libs/kernel/rule-words.ts';
import { isFinding, replay } from '#libs/proof/replay.ts';
import { approve } from '#apps/keyledger/src/verbs/approve.ts';
import { initOfficer } from '#apps/keyledger/src/verbs/officer.ts';
import { beginView, learn, showView } from '#apps/keyledger/src/verbs/view.ts';
import { approverSetBytes } from '#libs/kernel/approver-set.ts';
import { utf8 } from '#libs/kernel/bytes.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import { pem } from '#libs/certificates/pem.ts';
import { systemClock } from '#libs/kernel/clock.ts';
import { hashId, thumbprint } from '#libs/kernel/hash.ts';
import { orderId, parseOrder } from '#libs/kernel/order.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { Manufacturer } from '#module-emulator/manufacturer/manufacturer.ts';
import { type HouseInProcess, houseInProcess } from './house-in-process.ts';
import { PeopleBench, codeOf, textOf } from './people-bench.ts';
import { heard } from './story-record.ts';

const PASSPHRASE = 'correct horse battery staple';
let it: HouseInProcess;
let bench: PeopleBench;
let card: IssuedCard;
const machine = mkdtempSync(join(tmpdir(), 'kl-officer-'));
const folder = join(machine, 'gus');

beforeAll(async () => {
  it = await houseInProcess();
  await founding(it.world);
  card = await issueCard(it.world);
  await registerModule(it.world);
  bench = new PeopleBench(it);
}, 180_000);

afterAll(async () => {
  await it?.close();
  rmSync(machine, { recursive: true, force: true });
});

/** Runs a verb as the person types; answers its exit code and all that he saw. */
async function types(
  verb: (asks: (what: string) => Promise<string>, terminal: ReturnType<typeof heard>['terminal']) => Promise<number>,
  ...answers: readonly string[]
): Promise<{ code: number; said: string; asked: readonly string[] }> {
  const { terminal, lines, warnings } = heard();
  const [left, asked]: [string[], string[]] = [[...answers], []];
  const asks = (what: string) => {
    asked.push(what);
    return Promise.resolve(left.shift() ?? '');
  };
  const code = await verb(asks, terminal);
  return { code, said: [...warnings, ...lines].join('\n'), asked };
}

const at = () => ({ folder, url: it.house.platformUrl });
const stationKeys = async () => {
  const asked = 'query ($station: String!) { station(station: $station) { stationKey nextKey } }';
  const told = await it.world.callers.ask<{ station: { stationKey: string; nextKey: string } }>('clara', asked, {
    station: STATION,
  });
  return told.station;
};

describe('S31b an officer', () => {
  test('makes keys on his own machine, encrypted, never below the data folder', async () => {
    const init = (out: string, phrase = PASSPHRASE) =>
      types(
        (asks, terminal) => initOfficer({ officer: 'P-GUS', folder: out, data: it.folder }, asks, terminal),
        phrase,
      );
    await expect(init(join(it.folder, 'gus'))).rejects.toMatchObject({ code: 'IN_DATA_FOLDER' });
    symlinkSync(it.folder, join(machine, 'elsewhere'));
    await expect(init(join(machine, 'elsewhere', 'gus'))).rejects.toMatchObject({ code: 'IN_DATA_FOLDER' });
    await expect(init(folder, 'short')).rejects.toMatchObject({ code: 'PASSPHRASE_SHORT' });
    const { said } = await init(folder);
    const { approval, signIn } = sheetIn(folder);
    for (const key of [approval, signIn]) expect(said).toContain(wordsOf(thumbprint(key)));
    for (const file of ['approval.pem', 'sign-in.pem']) {
      expect(readFileSync(join(folder, file), 'utf8')).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
      expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    }
    await expect(init(folder)).rejects.toMatchObject({ code: 'KEYS_THERE' });
    expect(() => openKey(folder, 'approval', 'wrong passphrase')).toThrow('does not open');
    expect(() => makeKeys({ officer: 'G "', folder: 'x', data: 'y', passphrase: PASSPHRASE })).toThrow();
  });

  test('is let in by two others: into the approver set, and to sign in', async () => {
    const { approval, signIn } = sheetIn(folder);
    const gus = { id: 'P-GUS', roles: ['approver'] as const, keys: [{ ...approval, class: 'A' as const }] };
    await bench.adopted(bench.later({ persons: [...bench.inForce.persons, gus] }));
    const enrolment = {
      kind: 'enrol-operator',
      operator: 'P-GUS',
      roles: ['approver'],
      credential: thumbprint(signIn),
    };
    expect(codeOf(await bench.changes(await bench.ordered(enrolment), signIn))).toBe('done');
  });

  test('begins his view from a genesis hash that he was told, and follows the sets by himself', async () => {
    const begin = (genesis: string) =>
      types((asks, terminal) => beginView({ ...at(), genesis }, asks, terminal), PASSPHRASE);
    expect((await begin(bench.inForce.previous)).said).toContain('SIGN_IN_OTHER_DEPLOYMENT');
    const other = OfficerView.begin(join(machine, 'other.json'), bench.inForce.previous, canonicalJson({ a: 1 }));
    expect(other).toMatchObject({ code: 'VIEW_OTHER_DEPLOYMENT' });
    expect((await begin(it.house.deployment.genesis)).code).toBe(0);
    const { said } = await types((_, terminal) => showView(folder, terminal));
    expect(said).toContain(wordsOf(it.house.deployment.genesis));
  });

  test('signs nothing that names a card or a station which he has not compared with its display', async () => {
    const order = particular();
    const bytes = bench.written(order);
    expect(codeOf(await bench.requested(bytes))).toBe('done');
    const tries = (...answers: readonly string[]) =>
      types((asks, terminal) => approve({ ...at(), order: orderId(bytes) }, asks, terminal), PASSPHRASE, ...answers);
    expect((await tries('approve')).said).toContain('KEY_NOT_IN_VIEW: The card key');
    const learns = (what: object, ...words: readonly string[]) =>
      types((asks, terminal) => learn({ ...at(), ...what }, asks, terminal), PASSPHRASE, ...words);
    const { stationKey, nextKey } = await stationKeys();
    expect((await learns({ card: CARD }, wordsOf(stationKey))).said).toContain('WORDS_DIFFER');
    const learnt = await learns({ card: CARD }, wordsOf(card.cardKey));
    expect(learnt.code).toBe(0);
    expect(learnt.asked.join()).not.toContain(wordsOf(card.cardKey));
    expect((await tries('approve')).said).toContain('KEY_NOT_IN_VIEW: The keys of station');
    expect((await learns({ station: STATION }, wordsOf(stationKey), wordsOf(stationKey))).said).toContain(
      'WORDS_DIFFER',
    );
    expect((await learns({ station: STATION }, wordsOf(stationKey), wordsOf(nextKey))).code).toBe(0);
    expect((await tries('yes')).said).toContain('NOT_CONFIRMED');
    const done = await tries('approve');
    expect(done).toMatchObject({ code: 0 });
    expect(done.said).toContain(`Personalize`);
    expect(done.said).toContain('Needs 2 persons, 2 on their own machines.');
    const approvers = await it.world.callers.ask(
      'rita',
      'query ($id: ID!) { order(id: $id) { approvers { person class } } }',
      { id: orderId(bytes) },
    );
    expect(approvers).toEqual({ order: { approvers: [{ person: 'P-GUS', class: 'A' }] } });
  });

  test('is shown another key by a hostile platform, and does not sign', async () => {
    const bytes = bench.written({ ...particular(), cardKey: bench.inForce.previous });
    const file = join(machine, 'order.json');
    writeFileSync(file, textOf(bytes));
    const tried = await types((asks, terminal) => approve({ ...at(), file }, asks, terminal), PASSPHRASE, 'approve');
    expect(tried).toMatchObject({ code: 1 });
    expect(tried.said).toContain('KEY_NOT_IN_VIEW');
    const stations = bench.written({ ...particular(), stationNextKey: bench.inForce.previous });
    expect(OfficerView.open(join(folder, 'view.json')).judge(stations)).toMatchObject({ code: 'KEY_NOT_IN_VIEW' });
  });

  test('declines by a signature of another meaning', async () => {
    const bytes = bench.written(particular());
    expect(codeOf(await bench.requested(bytes))).toBe('done');
    const declines = (word: string) =>
      types(
        (asks, terminal) => approve({ ...at(), order: orderId(bytes), decline: true }, asks, terminal),
        PASSPHRASE,
        word,
      );
    expect((await declines('approve')).said).toContain('NOT_CONFIRMED');
    expect(await declines('decline')).toMatchObject({ code: 0 });
  });

  test('sees the people of a set before he approves it, and what of its rules is new', async () => {
    const next = bench.later({
      policy: bench.inForce.policy.map((one) => (one.kind === 'personalize' ? { ...one, classA: 1 } : one)),
    });
    const bytes = bench.written(bench.adoption(next));
    expect(codeOf(await bench.requested(bytes))).toBe('done');
    const [right, wrong] = [join(machine, 'set.json'), join(machine, 'other-set.json')];
    writeFileSync(right, textOf(approverSetBytes(next)));
    writeFileSync(wrong, textOf(approverSetBytes(bench.inForce)));
    const tries = (document?: string) =>
      types(
        (asks, terminal) => approve({ ...at(), order: orderId(bytes), document }, asks, terminal),
        PASSPHRASE,
        'approve',
      );
    expect((await tries()).said).toContain('DOCUMENT_NEEDED');
    expect((await tries(wrong)).said).toContain('OTHER_SET_THAN_ORDERED');
    const seen = await tries(right);
    expect(seen.code).toBe(0);
    expect(seen.said).toContain('P-GUS: approver; A ');
    expect(seen.said).toContain('NEW personalize at any for any: 2 persons, 1 of class A');
    expect(codeOf(await bench.approves('anna', bytes))).toBe('done');
    expect(codeOf(await bench.adopts(bytes, next))).toBe('done');
    bench.inForce = next;
  });

  test('is told where an order falls to him together with the server', async () => {
    const bytes = bench.written(particular());
    const view = OfficerView.open(join(folder, 'view.json'));
    expect(view.judge(bytes)).toMatchObject({ code: 'ORDER_OTHER_APPROVER_SET' });
    await bench.requested(bytes);
    const seen = await types(
      (asks, terminal) => approve({ ...at(), order: orderId(bytes) }, asks, terminal),
      PASSPHRASE,
      'approve',
    );
    expect(seen).toMatchObject({ code: 0 });
    expect(seen.said).toContain('It falls to one officer together with the server.');
    expect(ruleWords({ persons: 2, classA: 0 })).toContain('It falls to the server alone.');
    expect(ruleWords({ persons: 1, classA: 0 })).toContain('It falls to the server alone.');
    expect(ruleWords({ persons: 1, classA: 1 })).toHaveLength(1);
    const asked = 'query ($id: ID!) { order(id: $id) { sentence } }';
    const told = await it.world.callers.ask<{ order: { sentence: string[] } }>('clara', asked, { id: orderId(bytes) });
    expect(told.order.sentence).toContain('It falls to one officer together with the server.');
  });

  test('S24c sees the root of a manufacturer before he lets it in, from a file that the platform did not give him', async () => {
    const maker = (name: string) => Manufacturer.founded(name, systemClock);
    const [other, rogue] = [maker('Other Modules'), maker('Rogue Modules')];
    const der = (of: typeof other) => Uint8Array.from(Buffer.from(of.root.certificate, 'base64url'));
    const order = { kind: 'register-manufacturer-key', manufacturer: 'OTHER', root: hashId(der(other)) } as const;
    const bytes = bench.written(order);
    expect(codeOf(await bench.requested(bytes))).toBe('done');
    const [right, wrong, none] = ['root.pem', 'rogue.der', 'ca.der'].map((name) => join(machine, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(right, pem('CERTIFICATE', der(other)));
    writeFileSync(wrong, der(rogue));
    writeFileSync(none, Buffer.from(other.identityCa.certificate, 'base64url'));
    const tries = (document?: string) =>
      types(
        (asks, terminal) => approve({ ...at(), order: orderId(bytes), document }, asks, terminal),
        PASSPHRASE,
        'approve',
      );
    expect((await tries()).said).toContain('DOCUMENT_NEEDED');
    expect((await tries(wrong)).said).toContain('OTHER_ROOT_THAN_ORDERED');
    expect((await tries(none)).said).toContain('MANUFACTURER_ROOT');
    const seen = await tries(right);
    expect(seen.code).toBe(0);
    expect(seen.said).toContain('Root of Other Modules, from ');
    expect(seen.said).toContain('Its eight words: ');
  });

  test('S24c is erased by name, and the record never knew it', async () => {
    nameSomebody(it.folder, 'P-GUS', 'Gustava Canary');
    nameSomebody(it.folder, 'P-BO', 'Bo Other');
    expect(statSync(namesFile(it.folder)).mode & 0o777).toBe(0o600);
    expect(() => nameSomebody(it.folder, 'not a name', 'x')).toThrow();
    const { terminal, lines } = heard();
    const url = it.house.platformUrl;
    expect(await erase({ folder: it.folder, url, person: 'P-GUS' }, terminal)).toBe(0);
    expect(lines.join()).toContain('is gone');
    expect(readFileSync(namesFile(it.folder), 'utf8')).not.toContain('Canary');
    expect(namesIn(it.folder)).toMatchObject({ 'P-ANNA': 'Anna', 'P-BO': 'Bo Other' });
    expect(Object.keys(namesIn(it.folder))).not.toContain('P-GUS');
    const events = await it.events();
    expect(events.filter(({ type }) => type === 'OperatorErased')).toHaveLength(1);
    expect(events.filter(({ data }) => canonicalJson(data).includes('Canary'))).toEqual([]);
    const result = await replay(events);
    expect(isFinding(result) ? result : 'holds').toBe('holds');
    expect(await erase({ folder: it.folder, url, person: 'P-NOBODY' }, terminal)).toBe(1);
  });
});

/** The order to personalize of the story, for its kind's own members. */
function particular(): object {
  const order = parseOrder(utf8(orderFor(it.world, card)('personalize').text));
  if (isRefusal(order)) throw new Error(order.code);
  const { approverSet: _, nonce: _1, notBefore: _2, notAfter: _3, reportBy: _4, ...members } = order;
  return members;
}
