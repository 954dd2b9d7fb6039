/** The story with its signing key in other crypto units than a card in a reader: a key file, a token, a unit on USB, none. */
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { cardAddress } from '#apps/keyledger/src/demo/addresses.ts';
import type { UnitChoice } from '#apps/keyledger/src/demo/crypto-unit.ts';
import { openCard } from '#apps/keyledger/src/demo/images.ts';
import { CARD } from '#apps/keyledger/src/demo/names.ts';
import { issueCard } from '#apps/keyledger/src/story/card.ts';
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { SERIAL, orderFor, registerModule } from '#apps/keyledger/src/story/personalization.ts';
import { tellStory } from '#apps/keyledger/src/story/story.ts';
import { verify } from '#apps/keyledger/src/verbs/verify.ts';
import type { UnitConfig } from '#apps/unit/src/config.ts';
import { parseCardAuthority } from '#libs/certificates/authority.ts';
import { type LogEntry, decodeLogEntry } from '#libs/chip-card-protocol/log-entry.ts';
import { decodeBirth } from '#libs/chip-card-protocol/statements.ts';
import { socketReader } from '#libs/chip-card-protocol/socket-reader.ts';
import { ascii, fromBase64url } from '#libs/kernel/bytes.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { renderOrder } from '#libs/kernel/order.ts';
import { type Listening, connectLocal, listenLocal, localAddress } from '#libs/local/local-socket.ts';
import { answerUsb } from '#module-emulator/crypto-unit/usb-unit.ts';
import { orThrow } from '#test/attacks/card-world.ts';
import { type SoftToken, freshToken, whyNoToken } from '#test/units/soft-token.ts';
import { heard } from './story-record.ts';
import { type HouseInProcess, houseInProcess } from './house-in-process.ts';

const octets = (text: unknown): Uint8Array => fromBase64url(String(text)) ?? new Uint8Array();
const reason = await whyNoToken();
if (reason !== null) process.stderr.write(`skipped: the story with its key in a token: ${reason}\n`);

describe.each([
  ['S13h a key in a file', 'soft', null],
  [`S13g a key in a PKCS #11 token${reason === null ? '' : ` (skipped: ${reason})`}`, 'pkcs11', reason],
] as const)('%s', (_title, kind, why) => {
  const told = why === null ? test : test.skip;
  let it: HouseInProcess;
  let token: SoftToken | null = null;
  let events: readonly StoredEvent[];

  beforeAll(async () => {
    if (why !== null) return;
    token = kind === 'pkcs11' ? freshToken() : null;
    const unit: UnitChoice = token === null ? { kind: 'soft', pin: '47110815' } : { kind: 'pkcs11', ...token.place };
    it = await houseInProcess({ unit });
    await tellStory(it.world);
    events = await it.events();
  }, 180_000);
  afterAll(async () => {
    await it?.close();
    token?.remove();
  });

  const dataOf = (type: string) => events.find((event) => event.type === type)?.data as Record<string, unknown>;

  told('tells the whole story, and the record says `host` wherever it says who enforces the law', async () => {
    const { cardCa, birth } = dataOf('SigningKeyCertified');
    const stated = [
      dataOf('CardIssued')['enforcement'],
      orThrow(decodeBirth(octets(birth))).enforcement,
      orThrow(parseCardAuthority(octets(cardCa))).enforcement,
      orThrow(decodeLogEntry(octets(dataOf('CertificateIssued')['entry']))).enforcement,
    ];
    expect(stated).toEqual(['host', 'host', 'host', 'host']);
    expect(events.filter(({ type }) => type === 'ReportContested')).toEqual([]);
    expect(events.some(({ type }) => type === 'TransactionAuthorized')).toBe(true);
  });

  told('is what two persons read before they signed', () => {
    const asked = events.map(({ data }) => String((data as { bytes?: unknown }).bytes));
    const order = asked.find((bytes) => bytes.includes('"kind":"issue-card"')) ?? '';
    expect(orThrow(renderOrder(ascii(order)))[0]).toContain('enforcement HOST: its key signs for whoever has its PIN');
  });

  told('leaves no private signing key in the image of the agent', () => {
    const { signingKey } = openCard(it.house.deployment.places).read();
    expect(signingKey).toMatch(/^outside:/);
  });

  told('is verified again from its event file alone', async () => {
    const { terminal } = heard();
    expect(await verify({ folder: it.folder }, terminal)).toBe(0);
  });
});

describe('a mobile computer with a chip card', () => {
  let it: HouseInProcess | null = null;
  let folder: string;
  const usbAddress = () => localAddress(folder, 'usb');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kl-usb-'));
  });
  afterEach(async () => {
    await it?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A house whose card is trusted and whose module waits, and how an order that two persons approved ends there. */
  async function ended(unitConfig: (given: UnitConfig) => UnitConfig, meanwhile?: (house: HouseInProcess) => unknown) {
    const house = await houseInProcess({ unitConfig });
    it = house;
    await meanwhile?.(house);
    await founding(house.world);
    const issued = await issueCard(house.world);
    await registerModule(house.world);
    const order = orderFor(house.world, issued)('personalize');
    await house.world.orderedByTwo(order);
    const run = `personalization-${order.id}-${SERIAL}`;
    const isEnd = /^Personalization(Failed|Completed)$/;
    const end = await house.world.event('an end', ({ stream, type }) => stream === run && isEnd.test(type));
    return { end, entries: (await house.events()).filter(({ type }) => type === 'CertificateIssued').map(entryOf) };
  }

  test('S31a S13a is of no use without the card: a copied disk, with order and credential, certifies nothing', async () => {
    const copied = join(folder, 'copy');
    const { end, entries } = await ended((given) => {
      cpSync(given.folder, copied, { recursive: true });
      return { ...given, folder: copied, credentialFile: join(copied, 'credential.pem'), cards: {} };
    });
    expect([end.type, end.data, entries]).toMatchObject(['PersonalizationFailed', { code: 'CARD_NOT_HERE' }, []]);
    const holdsKey = (file: string) => readFileSync(join(copied, file), 'latin1').includes('PRIVATE KEY');
    expect(readdirSync(copied).filter(holdsKey)).toEqual(['credential.pem']);
  }, 180_000);

  test('S08b S13g is a ready unit with it, also where the card sits in a unit on USB', async () => {
    let usb: Listening | null = null;
    const { end, entries } = await ended(
      (given) => ({ ...given, cards: { [CARD]: `usb:${usbAddress()}` } }),
      async ({ house }) => {
        const card = socketReader(() => connectLocal(cardAddress(house.sockets, CARD)));
        usb = await listenLocal(usbAddress(), (socket) => void answerUsb(card, socket));
      },
    );
    expect([end.type, entries]).toMatchObject([
      'PersonalizationCompleted',
      [{ enforcement: 'device', serial: SERIAL }],
    ]);
    await (usb as Listening | null)?.close();
  }, 180_000);
});

function entryOf({ data }: StoredEvent): LogEntry {
  return orThrow(decodeLogEntry(octets((data as Record<string, unknown>)['entry'])));
}
