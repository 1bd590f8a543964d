import { useSyncExternalStore } from "react";
import { composerSetting } from "./composerSetting";

export function useEnterSends(): boolean {
  return useSyncExternalStore(composerSetting.subscribe, composerSetting.enterSends);
}
