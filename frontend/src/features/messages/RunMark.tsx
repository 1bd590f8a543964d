import { Suspense } from "react";
import type { Message } from "@/protocol/types";
import { lazily } from "@/ui/lazily";

const RunSteps = lazily(() => import("./RunSteps"));

/** What agents did for an answer stands above it; loaded with the first answer of a team. */
export function RunMark({ message }: { message: Message }) {
  const run = message.llm?.run;
  return run ? <Suspense fallback={<p className="run-mark">What the agents did</p>}><RunSteps message={message} run={run} /></Suspense> : null;
}
