import type { Template } from "@/protocol/types";

/** One row of the list that a trigger opens. */
export interface Suggestion {
  key: string;
  /** What one would type: "@llama3", "#general", ":tada:", "/summarize". */
  label: string;
  note: string;
  /** Where it comes from, at the end of its row. */
  tag?: string;
  mark: { kind: "person" | "model" | "agent"; id: string; name: string } | { kind: "emoji"; emoji: string } | { kind: "public" | "private" | "template" | "command" };
  /** What taking it does. */
  take: { insert: string } | { template: Template } | { run: () => void };
}

/** Something to do from the message field: "/invite". */
export interface Command {
  name: string;
  note: string;
  run: () => void;
}
