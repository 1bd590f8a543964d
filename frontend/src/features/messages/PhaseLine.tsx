import { useState } from "react";
import type { LlmStatus, Message } from "@/protocol/types";
import type { AppState } from "@/state/appState";
import { outgoing } from "@/state/outgoing";
import { useAppState } from "@/state/useAppState";
import { Button } from "@/ui/Button";
import { ProgressBar } from "@/ui/ProgressBar";
import { useElapsed } from "@/ui/useElapsed";
import { phaseWords } from "./phaseWords";
import { useRights } from "./useRights";

/** Phases whose line has a time that goes on by itself. */
const COUNTED = new Set(["queued", "loading"]);

/** The text of a reply that is continued was there before: only the phase says whether more of it comes. */
function hasBegun(message: Message, status: LlmStatus | null): boolean {
  return !message.llm?.continued || status?.phase === "generating";
}

/** Its line goes when the reply is closed, which waits until the backend is seen to have stopped. */
function StopButton({ message }: { message: Message }) {
  const [isStopping, setStopping] = useState(false);
  async function stop() {
    if (isStopping) return;
    setStopping(true);
    if (!(await outgoing.stopReply(message.id))) setStopping(false);
  }
  return (
    <Button isSmall data-testid="stop-reply" aria-label={`Stop ${message.author.name}`} aria-disabled={isStopping} onClick={() => void stop()}>
      {isStopping ? "Stopping…" : "Stop"}
    </Button>
  );
}

/** How many questions wait for the slot of this one, as far as the queue is known: while somebody looks at it. */
function behind({ queues }: AppState, reply: string): number {
  const queue = queues.find(({ entries }) => entries.some((entry) => entry.reply === reply && entry.position === 0));
  return queue ? queue.entries.filter(({ position }) => position > 0).length + queue.more : 0;
}

function noteWords(note: string, count: number): string {
  const waiting = count === 0 ? "" : count === 1 ? "1 question waits behind this one." : `${count} questions wait behind this one.`;
  return note && waiting ? `${note.replace(/\.?$/, ".")} ${waiting}` : note || waiting;
}

/** In a run several models read, and the server says for whom. */
function titleOf(message: Message, status: LlmStatus | null, { phase, title }: { phase: string; title: string }): string {
  return (message.llm?.run && phase === "prompt" && status?.message) || title;
}

/** What the model is doing for this reply, with the way to stop it. */
export function PhaseLine({ message }: { message: Message }) {
  const live = useAppState((state) => state.roomStates[message.room]?.live[message.id]);
  const hasText = message.content !== "";
  const status = live?.status ?? null;
  const isWriting = hasText && hasBegun(message, status);
  const elapsed = useElapsed(live?.at ?? 0, !isWriting && status !== null && COUNTED.has(status.phase));
  const words = phaseWords(status, message.author.name, elapsed, isWriting);
  const { canStop } = useRights(message);
  const note = noteWords(words.note, useAppState((state) => behind(state, message.id)));
  const stop = canStop ? <StopButton message={message} /> : null;
  if (hasText) {
    return (
      <div className="reply-foot" data-testid="phase-line" data-phase={words.phase}>
        <span className="writing">{[words.title.toLowerCase(), words.detail].filter(Boolean).join(" · ")}</span>{stop}
      </div>
    );
  }
  return (
    <div className="phase" data-testid="phase-line" data-phase={words.phase}>
      <div className="phase-line">
        <span className="spinner" aria-hidden="true" /><span className="phase-words"><b>{titleOf(message, status, words)}</b>{words.detail ? <span>{words.detail}</span> : null}</span>{stop}
      </div>
      {words.progress === null ? null : <ProgressBar value={words.progress} isEstimate={words.isEstimate} label={words.title} />}
      {note ? <p className="phase-note">{note}</p> : null}
    </div>
  );
}
