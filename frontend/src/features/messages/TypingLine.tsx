import { useEffect, useState } from "react";
import { EMPTY_ROOM } from "@/state/appState";
import { useAppState } from "@/state/useAppState";

function words(names: readonly string[]): string {
  const [first, second] = names;
  if (!first) return "";
  if (!second) return `${first} is typing…`;
  return names.length === 2 ? `${first} and ${second} are typing…` : "Several people are typing…";
}

/** "Mira is typing…"; a sign that is not renewed expires. */
export function TypingLine({ roomId }: { roomId: string }) {
  const typing = useAppState((state) => (state.roomStates[roomId] ?? EMPTY_ROOM).typing);
  const [now, setNow] = useState(() => Date.now());
  const active = Object.values(typing).filter(({ until }) => until > now);
  const hasAny = Object.keys(typing).length > 0;
  useEffect(() => {
    setNow(Date.now());
    if (!hasAny) return;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [typing, hasAny]);
  return <div className="typing-line" data-testid="typing-line">{words(active.map(({ name }) => name))}</div>;
}
