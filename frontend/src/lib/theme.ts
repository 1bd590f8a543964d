import { safeStorage } from "./safeStorage";

export type Theme = "system" | "light" | "dark";

const KEY = "roundtable.theme";

function apply(theme: Theme): void {
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
