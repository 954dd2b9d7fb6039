/**
 * uPlot formats numbers by `navigator.language` as soon as it is loaded, and throws where the system's locale makes no
 * language tag of it (`en-US@posix` under LANG=C). To be imported before it.
 */
if (!isLanguageTag(navigator.language))
  Object.defineProperty(navigator, 'language', { value: 'en', configurable: true });

function isLanguageTag(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text).length > 0;
  } catch {
    return false;
  }
}

export {};
