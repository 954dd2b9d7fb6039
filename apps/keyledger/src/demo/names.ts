/** What the demo's things are called. */
export const CARD = 'C-0042';
/** The card that certifies the fleet: the story ends with its own card compromised. */
export const FLEET_CARD = 'C-0043';
export const CARDS = [CARD, FLEET_CARD] as const;
export const UNIT = 'U-7';
/** Name of the witness that the station runs, in its key. */
export const WITNESS = 'keyledger.example/witness';
export const STATION = 'ST-POZNAN';
export const TECHNICIAN = 'T-TOM';
export const MODULE_CLASS = 'ATM-SM-1';
/** The module of the story, and one more that stays in its box. */
export const SERIALS = ['ATM-000013', 'ATM-000015'] as const;
