/**
 * Eight words for a hash, to be read out and compared by people: its first 128 bits as proquints (five letters for 16
 * bits, consonant and vowel in turn; arXiv 0901.4016). Whoever wants another key with the same words has 2^128 to try.
 */

const CONSONANTS = 'bdfghjklmnprstvz';
const VOWELS = 'aiou';

/** Of at least 16 octets. */
export function eightWords(octets: Uint8Array): string {
  if (octets.length < 16) throw new RangeError('eight words need 16 octets');
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  return Array.from({ length: 8 }, (_, at) => word(view.getUint16(at * 2))).join(' ');
}

function word(bits: number): string {
  const consonant = (shift: number) => CONSONANTS[(bits >> shift) & 15] ?? '';
  const vowel = (shift: number) => VOWELS[(bits >> shift) & 3] ?? '';
  return consonant(12) + vowel(10) + consonant(6) + vowel(4) + consonant(0);
}

/** Whether a person typed these words: case and spaces do not count. */
export function saysWords(typed: string, octets: Uint8Array): boolean {
  return typed.trim().toLowerCase().split(/\s+/).join(' ') === eightWords(octets);
}
