import { useEffect } from "react";
import { NO_TEMPLATES, type Templates } from "./appState";
import { templates } from "./templates";
import { useAppState } from "./useAppState";

/** The templates that one has in a room ("": outside of rooms), once `isWanted`, and again whenever they change. */
export function useTemplates(room: string, isWanted: boolean): Templates {
  const known = useAppState((state) => state.templates[room] ?? NO_TEMPLATES);
  const isOld = known.phase === "unknown";
  useEffect(() => { if (isWanted) void templates.load(room); }, [room, isWanted, isOld]);
  return known;
}
