import { useSyncExternalStore } from "react";
import { noticeSetting } from "./noticeSetting";

export function useNoticeSetting(): "yes" | "no" | null {
  return useSyncExternalStore(noticeSetting.subscribe, noticeSetting.get);
}
