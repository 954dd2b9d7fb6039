/** The emulated card in the machine's real PC/SC stack: seen by other people's tools, and by our own reader. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ChipCardClient } from '#libs/chip-card-protocol/client.ts';
import { ANSWER_TO_RESET, APPLICATION_ID } from '#libs/chip-card-protocol/commands.ts';
import { pcscReader, pcscReaders } from '#libs/crypto-unit/pcsc.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { conformance } from './conformance.ts';
import { visit } from '#test/attacks/card-visit.ts';
import { orThrow } from '#test/attacks/card-world.ts';
import { OPENSC, type PcscDaemon, startPcsc, whyNoPcsc } from './pcsc-daemon.ts';
import { raise } from './units-at-hand.ts';

const run = promisify(execFile);
const reason = await whyNoPcsc();
if (reason !== null) process.stderr.write(`skipped: the PC/SC stack: ${reason}\n`);
const described = reason === null ? describe : describe.skip;
const hex = (octets: Uint8Array, between = '') =>
  Buffer.from(octets)
    .toString('hex')
    .replace(/..(?=.)/g, `$&${between}`);
const select = `00a40400${hex(Uint8Array.of(APPLICATION_ID.length))}${hex(APPLICATION_ID)}00`;

describe('S13e S13b a card in the PC/SC stack', () => {
  described(reason === null ? 'of this machine' : `(skipped: ${reason})`, asked);
  (reason === null ? test : test.skip)(
    'S29a shows its log to whoever reads it: the entry, octet by octet',
    showsItsLog,
  );
  conformance('pcsc', reason);
});

/** Read by other people’s tool, held against what the card answered when it signed. */
async function showsItsLog(): Promise<void> {
  const unit = await raise('pcsc');
  try {
    const { entry } = orThrow(await visit(unit.world, unit.bench));
    const apdus = [select, '80b2000002000100'].flatMap((apdu) => ['--send-apdu', apdu]);
    const said = (await run(OPENSC, ['--reader', '0', ...apdus])).stdout;
    const [, shown = ''] = said.split(/^Received \(SW1=0x90, SW2=0x00\).*$/m).slice(1);
    const octets = shown
      .split('\n')
      .flatMap((line) => /^((?:[0-9A-F]{2} ){1,16})/.exec(`${line} `)?.[1]?.trim().split(' ') ?? []);
    expect(octets.slice(0, entry.length).join('').toLowerCase()).toBe(hex(entry));
  } finally {
    await unit.close();
  }
}

function asked(): void {
  let pcsc: PcscDaemon;
  let card: ReturnType<typeof spawn>;

  beforeAll(async () => {
    pcsc = await startPcsc();
    const verb = ['scripts/keyledger.mjs', 'card', 'serve', '--vpcd', `127.0.0.1:${pcsc.port}`, '--json'];
    card = spawn(process.execPath, verb, { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(card.stdout!, 'data');
    while (!(await pcscReaders()).some(({ cardPresent }) => cardPresent));
  }, 180_000);

  afterAll(async () => {
    const exit = once(card, 'exit');
    card.kill('SIGTERM');
    await exit;
    await pcsc.close();
  });

  const opensc = async (...options: readonly string[]) => (await run(pcsc.opensc, [...options])).stdout;
  test('is listed by opensc-tool', async () => {
    expect(await opensc('-l')).toMatch(new RegExp(`Yes\\s+${pcsc.reader}`));
  });

  test('tells its answer to reset', async () => {
    expect((await opensc('--reader', '0', '--atr')).trim()).toBe(hex(ANSWER_TO_RESET, ':'));
  });

  test('answers SELECT and READ LOG', async () => {
    const said = await opensc('--reader', '0', '--send-apdu', select, '--send-apdu', '80b2000002000100');
    expect(said.match(/SW1=0x.., SW2=0x../g)).toEqual(['SW1=0x90, SW2=0x00', 'SW1=0x6A, SW2=0x83']);
    expect(said).toContain('LOG_ENTRY_UNKNO'); // its code beside the status word, as a dump shows it
  });

  test('is asked by our own reader too, and takes wrong PINs for what they are', async () => {
    const connection = await pcscReader(pcsc.reader).powerOn();
    const client = new ChipCardClient(connection);
    expect(await client.select()).toBeNull();
    expect(await client.status()).toMatchObject({ card: 'C-0001', life: 'manufactured', logNumber: 0 });
    expect(await client.verifyPin('technician', '0000')).toMatchObject({ code: 'PIN_WRONG' });
    const head = await client.signLogHead(new Uint8Array(16));
    expect(isRefusal(head) && head.code).toBe('KEY_MISSING');
    await connection.powerOff();
  });

  test('is named as missing where pcscd has no such reader', async () => {
    await expect(pcscReader('Nobody').powerOn()).rejects.toMatchObject({ code: 'PCSC_NO_READER' });
    await expect(pcscReader('', '/run/no-such/pcscd.comm').powerOn()).rejects.toMatchObject({ code: 'PCSC_SILENT' });
  });
}
