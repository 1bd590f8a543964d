import { notify } from "@/lib/notify";
import { ApiError } from "@/transport/ApiError";

/** False if it failed, which the person was told then: by the server's words, or by ours where it did not answer. */
export async function ask(run: () => Promise<unknown>, otherwise: string): Promise<boolean> {
  try {
    await run();
    return true;
  } catch (error) {
    notify("error", error instanceof ApiError && !error.isConnection ? error.message : otherwise);
    return false;
  }
}
