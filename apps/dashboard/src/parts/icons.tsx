/** Our own drawings: 18 px, one line of 1.5, in the colour of the text beside them. */
import type { ReactNode } from 'react';

function icon(...paths: readonly string[]) {
  return function Icon({ size = 18 }: { readonly size?: number }): ReactNode {
    return (
      <svg
        width={size}
        height={size}
        viewBox="0 0 18 18"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        aria-hidden
      >
        {paths.map((path) => (
          <path key={path} d={path} strokeLinecap="round" strokeLinejoin="round" />
        ))}
      </svg>
    );
  };
}

export const ROOM_ICONS = {
  inbox: icon('M3 3.5h12v11H3z', 'M3 10.5h3.5l1 2h3l1-2H15'),
  now: icon('M2 9.5h3l2-6 3 11 2.2-5H16'),
  audit: icon('M3 4h12M3 8h4.5M3 12h3.5', 'M11 13a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM13.2 12.2L15.5 14.5'),
  fleet: icon('M3 7l6-3.5L15 7zM3 15h12M5 7.5V14M9 7.5V14M13 7.5V14'),
  cards: icon('M2.5 4.5h13v9h-13zM2.5 8h13M5 11h3'),
  certificates: icon(
    'M2.5 3.5h13v8h-4M2.5 3.5v8h4M5 6.5h8M9 13a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM8 13l-.5 2.5L9 15l1.5.5L10 13',
  ),
  trustLists: icon('M9 2.5l6 2v4.2c0 3.3-2.6 5.7-6 6.8-3.4-1.1-6-3.5-6-6.8V4.5zM11 15.500l2-2'),
  numbers: icon('M3 15V9h3v6M7.5 15V3.500h3V15M12 15V7h3v8zM2 15h14'),
} as const;

export type RoomIcon = keyof typeof ROOM_ICONS;

export const SchemeIcon = icon(
  'M9 12.500a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z',
  'M9 2v1M9 15v1M2 9h1M15 9h1M4 4l.8.8M13.2 13.200l.8.8M14 4l-.8.8M4.8 13.200L4 14',
);
export const SignOutIcon = icon('M7 3.500H3.500v11H7', 'M7 9h8M12 6l3 3-3 3');
export const SearchIcon = icon('M8 13A5 5 0 1 0 8 3a5 5 0 0 0 0 10z', 'M11.7 11.700L15.5 15.5');
export const CloseIcon = icon('M4 4l10 10M14 4L4 14');
export const CopyIcon = icon('M6 6h8.500v8.500H6z', 'M12 3.500H3.500V12');
export const DownloadIcon = icon('M9 3v8M5.5 8L9 11.5 12.5 8M3.5 15h11');
export const UpIcon = icon('M9 14V4M5 8l4-4 4 4');
export const BackIcon = icon('M15 9H3M7 5L3 9l4 4');
export const PasskeyIcon = icon(
  'M5 15c.8-1.5 1-3 1-5a3 3 0 0 1 6 0c0 2-.2 3.5-.6 5',
  'M9 10c0 2.3-.3 3.8-1 5.300M3.2 12c.2-1 .3-1.5.3-2.500a5.5 5.5 0 0 1 11 0c0 1.5 0 3-.3 4',
  'M4.5 5.200A6 6 0 0 1 13.5 5',
);
export const AlertIcon = icon('M9 3l7 12H2z', 'M9 7.500v3.500M9 13v.1');
export const CheckIcon = icon('M3.5 9.500L7 13l7.5-8');
export const DocumentIcon = icon('M4.5 2.500h6l3 3v10h-9z', 'M7 8h4M7 11h4');
export const PeopleIcon = icon(
  'M6.5 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM2 14.500c0-2.5 2-4 4.5-4s4.5 1.5 4.5 4M12 8.300a2.3 2.3 0 0 0 0-4.600M13 10.700c1.8.4 3 1.8 3 3.8',
);
export const ChipIcon = icon(
  'M5 5h8v8H5zM7.5 7.500h3v3h-3zM7 5V2.500M11 5V2.500M7 15.500V13M11 15.500V13M5 7H2.500M5 11H2.500M15.5 7H13M15.5 11H13',
);
export const SealIcon = icon('M9 2.500L15.5 6 9 9.5 2.5 6z', 'M2.5 9L9 12.5 15.5 9M2.5 12L9 15.5 15.5 12');
export const StationIcon = icon('M3 3.500h12v4.500H3zM3 10h12v4.500H3zM5.5 5.700h.1M5.5 12.200h.1');
export const ClockIcon = icon('M9 15.500a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13z', 'M9 5.500V9l2.5 1.5');
export const RebuildIcon = icon(
  'M3.5 7.500A6 6 0 0 1 14 6M14.5 10.500A6 6 0 0 1 4 12',
  'M14 2.500V6h-3.500M4 15.500V12h3.5',
);
export const BlockIcon = icon('M9 15.500a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13z', 'M4.5 4.500l9 9');
export const HoldIcon = icon('M5.5 4h2v10h-2zM10.5 4h2v10h-2z');

/** The mark of the house. */
export function Mark() {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden>
      <rect width="20" height="20" rx="3" fill="var(--ink)" />
      <path d="M5 6h10M5 10h4.500M12.5 10h2.500M5 14h10" stroke="var(--ground)" strokeWidth="2" />
    </svg>
  );
}
