import type { ErrorBody } from "@/protocol/types";

/** A failure as the server words it, or ours (`offline`, `timeout`) where the server could not be asked. */
export class ApiError extends Error {
  readonly code: string;
  readonly field: string | null;
  readonly retryAfter: number | null;
  readonly requestId: string;

  constructor(body: Pick<ErrorBody, "code" | "message"> & Partial<ErrorBody>) {
    super(body.message);
    this.code = body.code;
    this.field = body.field ?? null;
    this.retryAfter = body.retry_after ?? null;
    this.requestId = body.request_id ?? "";
  }

  /** True when the same request may be sent again unchanged: nobody refused it, it only did not get through. */
  get isConnection(): boolean {
    return this.code === "offline" || this.code === "timeout";
  }
}
