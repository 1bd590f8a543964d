import { PinOff } from "lucide-react";
import { useEffect, useState } from "react";
import { beginOf } from "@/lib/beginOf";
import { formatTime } from "@/lib/formatTime";
import { plainWords } from "@/lib/plainWords";
import type { Message } from "@/protocol/types";
import { history } from "@/state/history";
import { messageActions } from "@/state/messageActions";
import { useAppState } from "@/state/useAppState";
import { Button } from "@/ui/Button";
import { IconButton } from "@/ui/IconButton";

interface Props {
  roomId: string;
  /** One of them was gone to. */
  onGone: () => void;
}

/** What is pinned in a room, read anew when a pin that can be seen changes. */
export function PinList({ roomId, onGone }: Props) {
  const [pins, setPins] = useState<Message[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  const seen = useAppState((state) => (state.roomStates[roomId]?.messages ?? []).filter(({ pinned_at }) => pinned_at).map(({ id }) => id).join());
  useEffect(() => {
    let isOver = false;
    history.pins(roomId).then((found) => { if (!isOver) setPins(found); }, (cause: Error) => { if (!isOver) setError(cause.message); });
    return () => { isOver = true; };
  }, [roomId, seen, attempt]);

  async function unpin(pin: Message) {
    if (await messageActions.pin(pin, false)) setPins((known) => known?.filter(({ id }) => id !== pin.id) ?? null);
  }
  function retry() {
    setError(null);
    setAttempt(attempt + 1);
  }
  if (error) return <div className="note error" role="alert">{error} <Button isSmall onClick={retry}>Try again</Button></div>;
  if (!pins) return <p className="muted" role="status">Loading…</p>;
  if (pins.length === 0) return <p className="muted" data-testid="no-pins">Nothing is pinned yet. Pin a message from its menu, and everybody here finds it in this list.</p>;
  return (
    <ul className="pin-list" aria-label="Pinned messages" data-testid="pin-list">
      {pins.map((pin) => (
        <li key={pin.id}>
          <button type="button" className="pin" data-testid="pin" onClick={() => { onGone(); void history.showMessage(roomId, pin.id); }}>
            <span><b>{pin.author.name}</b> <time dateTime={pin.created_at}>{formatTime.day(pin.created_at)}</time></span>
            <span className="pin-text">{plainWords(beginOf(pin.content))}</span>
          </button>
          <IconButton isSmall label="Unpin" tipAlign="end" data-testid="unpin" onClick={() => void unpin(pin)}><PinOff size={15} /></IconButton>
        </li>
      ))}
    </ul>
  );
}
