/** Mantine in our tokens: ink is the brand, corners are small, nothing has a shadow. */
import {
  Button,
  type CSSVariablesResolver,
  type MantineColorsTuple,
  Modal,
  SegmentedControl,
  createTheme,
} from '@mantine/core';

const INK: MantineColorsTuple = [
  '#f3f4f2',
  '#eaecea',
  '#d9dcda',
  '#b9bebc',
  '#818b92',
  '#5d6770',
  '#4d565f',
  '#333a41',
  '#20262c',
  '#14181d',
];

const MAIN_BUTTON = {
  '--button-bg': 'var(--ink)',
  '--button-hover': 'var(--ink-2)',
  '--button-color': 'var(--ground)',
};

export const theme = createTheme({
  primaryColor: 'ink',
  primaryShade: { light: 9, dark: 0 },
  autoContrast: true,
  colors: { ink: INK },
  fontFamily: 'var(--sans)',
  fontFamilyMonospace: 'var(--mono)',
  defaultRadius: 3,
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '15px', xl: '18.5px' },
  shadows: { xs: 'none', sm: 'none', md: 'none', lg: 'none', xl: 'none' },
  headings: { fontFamily: 'var(--sans)', fontWeight: '600' },
  cursorType: 'pointer',
  components: {
    Button: Button.extend({
      vars: (_, { variant, color }) => {
        const isMain = (variant === undefined || variant === 'filled') && color === undefined;
        return isMain ? { root: MAIN_BUTTON } : { root: {} };
      },
    }),
    SegmentedControl: SegmentedControl.extend({ classNames: { root: 'segments', label: 'segment' } }),
    // Locking the scroll would write a style without our nonce.
    Modal: Modal.extend({
      defaultProps: { centered: true, lockScroll: false, overlayProps: { backgroundOpacity: 0.35 } },
    }),
  },
});

const SHARED = {
  '--mantine-color-body': 'var(--ground)',
  '--mantine-color-text': 'var(--ink)',
  '--mantine-color-dimmed': 'var(--ink-2)',
  '--mantine-color-placeholder': 'var(--ink-3)',
  '--mantine-color-default': 'var(--sheet)',
  '--mantine-color-default-hover': 'var(--well)',
  '--mantine-color-default-color': 'var(--ink)',
  '--mantine-color-default-border': 'var(--line)',
  '--mantine-color-error': 'var(--refused)',
  '--mantine-color-anchor': 'var(--ink)',
};

export const variables: CSSVariablesResolver = () => ({ variables: {}, light: SHARED, dark: SHARED });
