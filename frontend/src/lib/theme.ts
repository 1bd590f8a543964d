import { safeStorage } from "./safeStorage";

export type Theme = "system" | "light" | "dark";

const KEY = "roundtable.theme";

/** Of the window's frame, as in index.html. */
const COLOURS = { light: "#fbfaf7", dark: "#171715" };

function colourFrame(theme: Theme): void {
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    meta.content = COLOURS[theme === "system" ? (meta.media.includes("dark") ? "dark" : "light") : theme];
  }
}

function apply(theme: Theme): void {
  colourFrame(theme);
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export const theme = {
  get(): Theme {
    const kept = safeStorage.get(KEY);
    return kept === "light" || kept === "dark" ? kept : "system";
  },
  set(value: Theme): void {
    safeStorage.set(KEY, value);
    apply(value);
  },
  start: (): void => apply(theme.get()),
};
