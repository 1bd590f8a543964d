// What the agents of a run have done, by what the server tells live and what it tells when it is asked.
import type { AgentAction } from "@/protocol/types";
import type { RoomState } from "./appState";

/** The actions of both, each once, in their order. */
function merged(known: readonly AgentAction[], heard: readonly AgentAction[]): readonly AgentAction[] {
  const missing = heard.filter(({ step }) => !known.some((one) => one.step === step));
  return missing.length === 0 ? known : [...known, ...missing].sort((a, b) => a.step - b.step);
}

export function receiveActions(room: RoomState, run: string, actions: readonly AgentAction[]): RoomState {
  const known = room.runs[run] ?? [];
  const after = merged(known, actions);
  return after === known ? room : { ...room, runs: { ...room.runs, [run]: after } };
}

export function receiveAction(room: RoomState, action: AgentAction): RoomState {
  return receiveActions(room, action.run_id, [action]);
}

/** Whether a run was heard from its first step on, without a hole. */
export function isWhole(actions: readonly AgentAction[]): boolean {
  return actions.length > 0 && actions.every(({ step }, index) => step === index + 1);
}
