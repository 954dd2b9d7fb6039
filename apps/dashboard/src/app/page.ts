/** What a page is given. */
export interface PageProps {
  /** What stood for `*` in the address. */
  readonly parts: readonly string[];
}
