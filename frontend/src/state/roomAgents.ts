// The agents of a room, and what several of them have done for one answer.
import type { ChangeAgent, CreateAgent, RoomAgentsAnswer } from "@/protocol/types";
import { http } from "@/transport/http";
import { asNew } from "./agentFields";
import { receiveActions } from "./agentRuns";
import { inRoom } from "./dispatch";
import { roomStore } from "./roomStore";

export const roomAgents = {
  list: (room: string): Promise<RoomAgentsAnswer> => http.agents(room),

  /** The room's list comes with the event that everybody there gets. */
  make: (room: string, draft: CreateAgent): Promise<unknown> => http.createAgent(room, asNew(draft)),
  add: (room: string, agent: string): Promise<unknown> => http.addAgent(room, agent),
  remove: (room: string, agent: string): Promise<unknown> => http.removeAgent(room, agent),
  change: (agent: string, changes: ChangeAgent): Promise<unknown> => http.changeAgent(agent, changes),

  /** What happened in a run before one came, or while one was away. */
  async loadRun(room: string, run: string): Promise<void> {
    const { actions } = await http.run(room, run);
    roomStore.update((state) => inRoom(state, room, (known) => receiveActions(known, run, actions)));
  },
};
