/**
 * The officer's own verified view: a file on his machine. It begins with the genesis hash that he was told by other means
 * than the platform, follows approver sets by itself, and takes in a card or a station only after he compared its eight
 * words with the device's display. An order that names another key is not signed.
 */
import { type OrderCase, judgeOrder } from '#libs/approval/approval.ts';
import { type SetLink, followSets } from '#libs/approval/set-chain.ts';
import { type BirthEvidence, checkBirth } from '#libs/chip-card-protocol/birth.ts';
import { approverSetHash } from '#libs/kernel/approver-set.ts';
import { ascii, fromBase64url, toBase64url, utf8 } from '#libs/kernel/bytes.ts';
import { hashId } from '#libs/kernel/hash.ts';
import type { Order } from '#libs/kernel/order.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { readWhole, replaceWhole } from '#libs/local/durable-file.ts';
import { Complaint } from '../config.ts';

export interface CardInView {
  readonly card: string;
  /** Thumbprint of its signing key. */
  readonly cardKey: string;
  /** Hash of its birth statement. */
  readonly birth: string;
}

export interface StationInView {
  readonly station: string;
  /** SPKI hashes: of the key, and of the one that will follow. */
  readonly stationKey: string;
  readonly nextKey: string;
}

interface Kept {
  readonly genesis: string;
  /** Card maker's key as the founding names it, base64url SPKI. */
  readonly cardMakerRoot: string;
  readonly approverSet: string;
  readonly cards: readonly CardInView[];
  readonly stations: readonly StationInView[];
}

/** A card as the platform tells of it; every member base64url but the name. */
export interface ToldCard {
  readonly card: string;
  readonly spki: string;
  readonly birth: string;
  readonly birthSignature: string;
  readonly deviceSpki: string;
  readonly deviceSignature: string;
}

/** Whoever takes trust away need not have seen the card: at worst a good one rests. */
const TAKES_AWAY: readonly string[] = ['suspend-signing-key', 'disable-signing-key', 'compromise-signing-key'];

const NOT_IN_VIEW = 'take it in with "view learn" after comparing its eight words with the device, or refuse the order';

export class OfficerView {
  readonly #file: string;
  #kept: Kept;

  private constructor(file: string, kept: Kept) {
    this.#file = file;
    this.#kept = kept;
  }

  static open(file: string): OfficerView {
    const octets = readWhole(file);
    if (octets === null) throw new Complaint('NO_VIEW', `There is no view at ${file}; begin one with "view begin".`);
    return new OfficerView(file, JSON.parse(Buffer.from(octets).toString('utf8')) as Kept); // written here alone
  }

  /** From the founding as the platform shows it, which must be the one whose hash he was told. */
  static begin(file: string, genesis: string, founding: string): OfficerView | Refusal {
    if (hashId(utf8(founding)) !== genesis)
      return refuse('VIEW_OTHER_DEPLOYMENT', 'The platform shows another founding than the one with this hash.');
    const { approverSet, cardMakerRoot } = JSON.parse(founding) as { approverSet: string; cardMakerRoot: string }; // the hash says so
    const view = new OfficerView(file, { genesis, cardMakerRoot, approverSet, cards: [], stations: [] });
    view.#keep(view.#kept);
    return view;
  }

  get genesis(): string {
    return this.#kept.genesis;
  }

  get approverSet(): string {
    return approverSetHash(ascii(this.#kept.approverSet));
  }

  get cards(): readonly CardInView[] {
    return this.#kept.cards;
  }

  get stations(): readonly StationInView[] {
    return this.#kept.stations;
  }

  /** Goes as far as the approvals carry; says why no further. */
  follow(links: readonly SetLink[]): Refusal | null {
    const { genesis, approverSet } = this.#kept;
    const { setBytes, refusal } = followSets({ genesis, setBytes: ascii(approverSet) }, links);
    this.#keep({ ...this.#kept, approverSet: Buffer.from(setBytes).toString('latin1') });
    return refusal;
  }

  /** Whether the platform's word on a card holds: born inside, of this maker and deployment. Nothing is kept yet. */
  judgeCard(told: ToldCard): CardInView | Refusal {
    const octets = (text: string) => fromBase64url(text) ?? new Uint8Array();
    const evidence: BirthEvidence = {
      birth: octets(told.birth),
      birthSignature: octets(told.birthSignature),
      deviceSpki: octets(told.deviceSpki),
      deviceSignature: octets(told.deviceSignature),
    };
    const { genesis, cardMakerRoot } = this.#kept;
    const cardMakerSpki = octets(cardMakerRoot);
    const born = checkBirth(evidence, { card: told.card, cardKeySpki: octets(told.spki), genesis, cardMakerSpki });
    if (isRefusal(born)) return born;
    return { card: told.card, cardKey: toBase64url(born.cardKey), birth: hashId(evidence.birth) };
  }

  learnCard(card: CardInView): void {
    const others = this.#kept.cards.filter((one) => one.cardKey !== card.cardKey);
    this.#keep({ ...this.#kept, cards: [...others, card] });
  }

  learnStation(station: StationInView): void {
    const others = this.#kept.stations.filter((one) => one.stationKey !== station.stationKey);
    this.#keep({ ...this.#kept, stations: [...others, station] });
  }

  /** An order of this deployment under the set in force, which names only keys that he took in himself. */
  judge(bytes: Uint8Array): OrderCase | Refusal {
    const { genesis } = this.#kept;
    const setBytes = ascii(this.#kept.approverSet);
    const it = judgeOrder(bytes, { pins: { genesis, approverSet: this.approverSet }, setBytes });
    if (isRefusal(it)) return it;
    return this.#cardMissing(it.order) ?? this.#stationMissing(it.order) ?? it;
  }

  #cardMissing(order: Order): Refusal | null {
    if (!('cardKey' in order) || TAKES_AWAY.includes(order.kind)) return null;
    const known = this.#kept.cards.find(({ cardKey }) => cardKey === order.cardKey);
    const isThat =
      known !== undefined && (!('birth' in order) || (known.card === order.card && known.birth === order.birth));
    return isThat
      ? null
      : refuse('KEY_NOT_IN_VIEW', `The card key ${order.cardKey} is not in your view; ${NOT_IN_VIEW}.`);
  }

  #stationMissing(order: Order): Refusal | null {
    if (order.kind !== 'personalize') return null;
    const isThat = this.#kept.stations.some(
      ({ station, stationKey, nextKey }) =>
        station === order.station && stationKey === order.stationKey && nextKey === order.stationNextKey,
    );
    return isThat
      ? null
      : refuse('KEY_NOT_IN_VIEW', `The keys of station ${order.station} are not in your view; ${NOT_IN_VIEW}.`);
  }

  #keep(next: Kept): void {
    replaceWhole(this.#file, utf8(`${JSON.stringify(next, null, 2)}\n`));
    this.#kept = next;
  }
}
