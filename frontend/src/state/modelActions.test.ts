// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from "vitest";
import { notify } from "@/lib/notify";
import { ApiError } from "@/transport/ApiError";
import { type FollowListener, followLoad } from "@/transport/followLoad";
import { http } from "@/transport/http";
import { receiveLoad } from "./loads";
import { modelActions } from "./modelActions";
import { roomStore } from "./roomStore";
import { aLoad, aModel, anAppState } from "./testMessages";

vi.mock("@/lib/notify", () => ({ notify: vi.fn() }));
vi.mock("@/transport/followLoad", () => ({ followLoad: vi.fn() }));

/** Follows what is begun from here on, and says this as soon as it does. */
const stop = vi.fn();
let follower: FollowListener;
function onBegin(say: (listener: FollowListener) => void): void {
  vi.mocked(followLoad).mockImplementationOnce((_request, listener) => {
    follower = listener;
    queueMicrotask(() => say(listener));
    return stop;
  });
}

const shown = () => roomStore.get().loads["ollama/llama3"];
const hear = (changes: Parameters<typeof aLoad>[0]) => roomStore.update((state) => receiveLoad(state, aLoad(changes)));
const refused = (message: string) => new ApiError({ code: "too_fast", message });

beforeEach(() => {
  modelActions.unfollow();
  vi.mocked(notify).mockReset();
  stop.mockReset();
  localStorage.clear();
  roomStore.update(() => anAppState());
});

describe("a load that was begun here", () => {
  it("is shown at once, and its end is told once by whichever way it comes", async () => {
    onBegin(({ onProgress }) => onProgress(aLoad({ id: "a1", stage: "connecting" })));
    const begun = modelActions.load(aModel());
    expect(shown()).toMatchObject({ id: "", stage: "connecting" });
    await begun;
    expect(shown()?.id).toBe("a1");
    expect(roomStore.get().ownLoads).toEqual(["a1"]);
    hear({ id: "a1", stage: "complete" });
    hear({ id: "a1", stage: "complete" });
    expect(vi.mocked(notify).mock.calls).toEqual([["success", "llama3 is ready."]]);
  });

  it("says what to do when it fails", async () => {
    onBegin(({ onProgress }) => onProgress(aLoad({ id: "a2" })));
    await modelActions.load(aModel());
    hear({ id: "a2", stage: "failed", error: { code: "model_out_of_memory", message: "Choose a smaller model.", field: null, retry_after: null, request_id: "" } });
    expect(notify).toHaveBeenCalledExactlyOnceWith("error", "llama3 was not loaded. Choose a smaller model.");
  });

  it("is taken back when it is refused", async () => {
    onBegin(({ onRefused }) => onRefused(refused("Wait a moment.")));
    await modelActions.load(aModel());
    expect(shown()).toBeUndefined();
    expect(notify).toHaveBeenCalledExactlyOnceWith("error", "Wait a moment.");
  });

  it("is cancelled without a word, unless somebody else did it", async () => {
    for (const id of ["a3", "a4"]) onBegin(({ onProgress }) => onProgress(aLoad({ id })));
    vi.spyOn(http, "cancelLoad").mockResolvedValue(null);
    await modelActions.load(aModel());
    await modelActions.cancel(aLoad({ id: "a3" }));
    hear({ id: "a3", stage: "cancelled" });
    expect(notify).not.toHaveBeenCalled();
    await modelActions.load(aModel());
    hear({ id: "a4", stage: "cancelled" });
    expect(notify).toHaveBeenCalledExactlyOnceWith("info", "The load of llama3 was cancelled.");
  });
});

it("says of a load that the server has forgotten that nobody knows", async () => {
  onBegin(({ onProgress }) => onProgress(aLoad({ id: "c1" })));
  await modelActions.load(aModel());
  follower.onLost();
  expect(shown()).toBeUndefined();
  expect(vi.mocked(notify).mock.calls).toEqual([["info", expect.stringContaining("does not know any more")]]);
});

it("follows nothing any more after signing out", async () => {
  onBegin(({ onProgress }) => onProgress(aLoad({ id: "d1" })));
  await modelActions.load(aModel());
  modelActions.unfollow();
  expect(stop).toHaveBeenCalledOnce();
  hear({ id: "d1", stage: "complete" });
  expect(notify).not.toHaveBeenCalled();
});

describe("whoever closes the panel or leaves the page", () => {
  it.each([["closes the panel", () => modelActions.leave()], ["leaves the page", () => void dispatchEvent(new Event("pagehide"))]])("%s, keeps no stream open, and is told the end all the same", async (_what, leave) => {
    onBegin(({ onProgress }) => onProgress(aLoad({ id: "e1" })));
    await modelActions.load(aModel());
    leave();
    leave();
    expect(stop).toHaveBeenCalledOnce();
    hear({ id: "e1", stage: "complete" });
    expect(notify).toHaveBeenCalledExactlyOnceWith("success", "llama3 is ready.");
  });

  it("waits for the server's first word, or the load might not have begun", async () => {
    onBegin(({ onProgress }) => onProgress(aLoad({ id: "e2" })));
    const begun = modelActions.load(aModel());
    modelActions.leave();
    expect(stop).not.toHaveBeenCalled();
    await begun;
    await Promise.resolve();
    expect(stop).toHaveBeenCalledOnce();
  });
});

it("tells after a reload how that ended which was begun before, and only here", async () => {
  localStorage.setItem("own-loads", "f1");
  vi.spyOn(http, "loads").mockResolvedValue([aLoad({ id: "f1" }), aLoad({ id: "f2", model: "phi3" })]);
  await modelActions.refresh();
  hear({ id: "f1", stage: "complete" });
  hear({ id: "f2", model: "phi3", stage: "complete" });
  expect(notify).toHaveBeenCalledExactlyOnceWith("success", "llama3 is ready.");
});

it("learns after a connect what runs, and says nothing of loads of others", async () => {
  vi.spyOn(http, "loads").mockResolvedValue([aLoad({ id: "b1", stage: "failed" }), aLoad({ id: "b2", model: "phi3", stage: "complete" })]);
  await modelActions.refresh();
  expect(Object.keys(roomStore.get().loads)).toEqual(["ollama/llama3", "ollama/phi3"]);
  expect(notify).not.toHaveBeenCalled();
});
