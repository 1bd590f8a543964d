import { memo } from "react";
import { formatTime } from "@/lib/formatTime";
import type { Author, User } from "@/protocol/types";
import { useAppState } from "@/state/useAppState";
import { Avatar } from "@/ui/Avatar";
import { ErrorBoundary } from "@/ui/ErrorBoundary";
import { AsWritten } from "./AsWritten";
import { isSameRow, type Row } from "./listItems";
import { MessageBody } from "./MessageBody";
import { MessageMark } from "./MessageMark";
import { PendingBody } from "./PendingBody";
import { RowActions } from "./RowActions";
import { useFocusKept } from "./useFocusKept";

interface Props {
  row: Row;
  me: User;
  /** It was asked for by its address, a quote or a pin. */
  isTarget: boolean;
}

interface Head {
  id: string;
  name: string;
  kind: Author["kind"];
  isGone: boolean;
  time: string;
}

function headOf(row: Row, me: User): Head {
  if ("item" in row) return { id: me.id, name: me.display_name, kind: "person", isGone: false, time: row.item.createdAt };
  const { author, created_at } = row.message;
  return { id: author.id, name: author.name, kind: author.kind, isGone: author.deactivated, time: created_at };
}

function RowAvatar({ row, head }: { row: Row; head: Head }) {
  const message = "message" in row ? row.message : null;
  const phase = useAppState((state) => (message ? state.roomStates[message.room]?.live[message.id]?.status?.phase : undefined));
  const isWaiting = row.kind === "streaming" && message?.content === "" && phase !== "generating";
  const heat = message?.llm?.phase === "failed" ? "error" : isWaiting ? "warming" : "warm";
  return <Avatar id={head.id} name={head.name} kind={head.kind} heat={heat} />;
}

function Time({ iso, words }: { iso: string; words?: string }) {
  return <time dateTime={iso} title={formatTime.full(iso)}>{words ?? formatTime.clock(iso)}</time>;
}

function Lines({ row }: { row: Row }) {
  return (
    <>
      {row.day ? <div className="day-line"><span>{row.day}</span></div> : null}
      {row.isFirstNew ? <div className="day-line new" data-testid="new-messages-line"><span>New messages</span></div> : null}
    </>
  );
}

const UNSENT: Partial<Record<Row["kind"], { words: string }>> = { sending: { words: "sending…" }, failed: { words: "not sent" } };

function Header({ row, head }: { row: Row; head: Head }) {
  return (
    <div className="who">
      <b>{head.name}</b>{head.kind === "person" ? null : <span className="tag">{head.kind}</span>}{head.isGone ? <span className="tag gone">deactivated</span> : null}<Time iso={head.time} {...UNSENT[row.kind]} />
    </div>
  );
}

function isSame(before: Props, after: Props): boolean {
  return before.me === after.me && before.isTarget === after.isTarget && isSameRow(before.row, after.row);
}

function Broken({ row, head }: { row: Row; head: Head }) {
  const data = "message" in row ? { "data-message-id": row.message.id, "data-seq": row.message.seq } : {};
  return (
    <article className="message" data-testid="message" data-status={row.kind} {...data}>
      <div className="gutter" />
      <div className="main">
        <div className="who"><b>{head.name}</b></div>
        <div className="content"><AsWritten text={"message" in row ? row.message.content : row.item.content} why="This message could not be drawn" /></div>
      </div>
    </article>
  );
}

/** A row that fails to draw shows its plain text; it is tried again when the message changes. */
export const MessageRow = memo(function MessageRow(props: Props) {
  const { row, me } = props;
  const source = "message" in row ? row.message : row.item;
  return <ErrorBoundary resetKey={source} fallback={<Broken row={row} head={headOf(row, me)} />}><DrawnRow {...props} /></ErrorBoundary>;
}, isSame);

/** One row of the list: the lines above it, its header unless it continues the one above, its text. */
function DrawnRow({ row, me, isTarget }: Props) {
  const head = headOf(row, me);
  const focus = useFocusKept();
  const message = "message" in row ? row.message : null;
  const data = message ? { "data-message-id": message.id, "data-seq": message.seq, "data-author": message.author.handle } : { "data-author": me.username };
  return (
    <>
      <Lines row={row} />
      <article
        {...focus} className={`message ${row.isContinuation ? "continuation" : ""}`} data-testid="message" data-status={row.kind} {...data}
        {...(isTarget ? { "data-target": "true", tabIndex: -1 } : {})}
        aria-label={`${head.name}, ${formatTime.clock(head.time)}`}
      >
        <div className="gutter">{row.isContinuation ? <Time iso={head.time} /> : <RowAvatar row={row} head={head} />}</div>
        <div className="main">
          {row.isContinuation ? null : <Header row={row} head={head} />}
          {"item" in row ? <PendingBody row={row} /> : <MessageBody message={row.message} />}
        </div>
        {message && row.kind === "sent" && !message.deleted_at ? <RowActions message={message} me={me.id} /> : null}
        {message?.author.id === me.id && !message.deleted_at ? <MessageMark status={message.status} /> : null}
      </article>
    </>
  );
}
