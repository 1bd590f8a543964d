import type { CreateAgent } from "@/protocol/types";

/** An agent as it is filled in. An empty `template` is none, which takes away the one that it has. */
export type AgentFields = CreateAgent & { template: string };

export const asNew = (fields: CreateAgent): CreateAgent => ({ ...fields, template: fields.template || null });
