import { useEffect } from "react";
import type { BackendQueue, QueueEntry } from "@/protocol/types";
import { watchQueue } from "@/state/queueWatch";
import { useAppState } from "@/state/useAppState";
import { useElapsed } from "@/ui/useElapsed";
import { queueLength, queueWhen, queueWho } from "./queueWords";

/** Leads to a reply in its room. */
export type ShowReply = (room: string, reply: string) => void;

interface LineProps {
  /** Seconds since the server said so. */
  elapsed: number;
  onShow: ShowReply;
}

function Entry({ entry, elapsed, onShow }: LineProps & { entry: QueueEntry }) {
  const rooms = useAppState((state) => state.rooms);
  const { room, reply, position } = entry;
  const who = queueWho(entry, rooms);
  const place = position === 0 ? <><span className="dot" aria-hidden="true" /><span className="sr-only">Being answered: </span></> : <><span className="sr-only">Waiting, place </span>{position}</>;
  return (
    <li data-testid="queue-entry" data-position={position} data-mine={entry.is_mine} data-reply={reply ?? ""}>
      <span className="place">{place}</span>
      <span className="who-asks">
        {room && reply ? <button type="button" title="Go to this reply" data-testid="queue-show" onClick={() => onShow(room, reply)}>{who}</button> : who}
        <span className="asked">{entry.model}</span>
      </span>
      <span className="when">{queueWhen(entry, elapsed)}</span>
    </li>
  );
}

function Line({ queue, isOnly, elapsed, onShow }: LineProps & { queue: BackendQueue; isOnly: boolean }) {
  return (
    <div role="group" aria-label={`Queue of ${queue.backend}`} data-backend={queue.backend}>
      {isOnly ? null : <h3>{queue.backend}</h3>}
      <ol className="queue">{queue.entries.map((entry, index) => <Entry key={entry.reply ?? `${entry.position}.${index}`} entry={entry} elapsed={elapsed} onShow={onShow} />)}</ol>
      {queue.more ? <p className="muted">and {queue.more} more</p> : null}
    </div>
  );
}

/** What each backend is at and who waits for it, in the order of their turns. The server tells of it only while this is shown. */
export function QueuePanel({ onShow }: { onShow: ShowReply }) {
  useEffect(watchQueue, []);
  const queues = useAppState((state) => state.queues);
  const count = queueLength(queues);
  const elapsed = useElapsed(useAppState((state) => state.queuesAt), count > 0);
  return (
    <section aria-labelledby="queue-title" data-testid="queue-panel" className="queues">
      <h2 id="queue-title"><span>Queue</span>{count ? <span>{count}</span> : null}</h2>
      {queues.map((queue) => <Line key={queue.backend} queue={queue} isOnly={queues.length === 1} elapsed={elapsed} onShow={onShow} />)}
      {count === 0 ? <p className="muted" data-testid="queue-empty">Nobody waits. The next question is answered at once.</p> : null}
    </section>
  );
}
