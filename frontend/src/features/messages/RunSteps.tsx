import { ChevronDown, Users } from "lucide-react";
import { useEffect, useId, useState } from "react";
import { formatTime } from "@/lib/formatTime";
import type { AgentAction, Message } from "@/protocol/types";
import { isWhole } from "@/state/agentRuns";
import { isRunning } from "@/state/replyPhase";
import { roomAgents } from "@/state/roomAgents";
import { useAppState } from "@/state/useAppState";
import { MessageContent } from "./MessageContent";
import { foundWords, nowWords, verbOf, whoOf } from "./runWords";
import "./runs.css";

const NONE: readonly AgentAction[] = [];

function Step({ action }: { action: AgentAction }) {
  const isText = action.action === "finding";
  const line = <><b>{whoOf(action)}</b> <span>{verbOf(action)}</span> <time dateTime={action.timestamp}>{formatTime.clock(action.timestamp)}</time></>;
  return (
    <li data-testid="agent-action" data-agent={action.agent} data-action={action.action}>
      {isText ? <details><summary>{line}</summary><div className="content finding"><MessageContent text={action.detail} isStreaming={false} /></div></details> : <><p className="run-line">{line}</p>{action.detail ? <p className="run-detail">{action.detail}</p> : null}</>}
    </li>
  );
}

/** Whether all is known that happened so far, as far as one can tell. */
function isKnown(actions: readonly AgentAction[], isOver: boolean): boolean {
  const last = actions.at(-1);
  return isWhole(actions) && (!isOver || (last?.agent === "writer" && last.action !== "started"));
}

/** Each step of a run, in its order: open while it runs, and afterwards for who wants to know. */
export default function RunSteps({ message, run }: { message: Message; run: string }) {
  const actions = useAppState((state) => state.roomStates[message.room]?.runs[run]) ?? NONE;
  const isOver = !isRunning(message);
  const [chosen, setChosen] = useState<boolean | null>(null);
  const [error, setError] = useState<string | null>(null);
  const id = useId();
  const isOpen = chosen ?? !isOver;
  const isMissing = isOpen && !isKnown(actions, isOver) && (isOver || actions.length > 0);
  useEffect(() => {
    if (!isMissing) return;
    setError(null);
    roomAgents.loadRun(message.room, run).catch((cause: Error) => setError(cause.message));
  }, [isMissing, message.room, run]);
  return (
    <div className="run" data-testid="run" data-run={run}>
      <button type="button" className="run-mark" aria-expanded={isOpen} aria-controls={isOpen ? id : undefined} data-testid="run-toggle" onClick={() => setChosen(!isOpen)}>
        <Users size={13} aria-hidden="true" /><span>{isOver ? foundWords(actions) : nowWords(actions)}</span><ChevronDown size={13} aria-hidden="true" />
      </button>
      {isOpen ? <ol id={id} className="run-steps">{actions.map((action) => <Step key={action.step} action={action} />)}</ol> : null}
      {isOpen && error ? <p className="note error" role="alert">{error}</p> : null}
      {isOpen && isMissing && !error ? <p className="muted" role="status">Loading what they did…</p> : null}
    </div>
  );
}
