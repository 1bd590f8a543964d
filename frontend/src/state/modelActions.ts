// What people do with the models: load, unload, download, delete, cancel; and the word when what they began has ended.
import { notify } from "@/lib/notify";
import { omit } from "@/lib/omit";
import { safeStorage } from "@/lib/safeStorage";
import type { ModelInfo, ModelProgress } from "@/protocol/types";
import { ApiError } from "@/transport/ApiError";
import { followLoad } from "@/transport/followLoad";
import { http } from "@/transport/http";
import { hasEnded, loadKey, placeholder, receiveLoad } from "./loads";
import { roomStore } from "./roomStore";

const STORED = "own-loads";
const MOST_STORED = 20;

/** Begun here and not yet told how they ended, by id. */
const awaited = new Set<string>();
const cancelledHere = new Set<string>();

function stored(): string[] {
  return (safeStorage.get(STORED) ?? "").split(" ").filter(Boolean);
}

/** Whoever began a load may cancel it, also after the page was loaded again. */
function own(id: string): void {
  awaited.add(id);
  const ownLoads = [...new Set([...stored(), id])].slice(-MOST_STORED);
  safeStorage.set(STORED, ownLoads.join(" "));
  roomStore.update((state) => ({ ...state, ownLoads }));
}

function tell(load: ModelProgress): void {
  const isPull = load.action === "pull";
  if (load.stage === "complete") notify("success", isPull ? `${load.model} was downloaded. It can be asked now.` : `${load.model} is ready.`);
  else if (load.stage === "failed") notify("error", `${load.model} was not ${isPull ? "downloaded" : "loaded"}. ${load.error?.message ?? load.message}`);
  else if (!cancelledHere.has(load.id)) notify("info", `${isPull ? "The download" : "The load"} of ${load.model} was cancelled.`);
}

function tellEnds(): void {
  if (awaited.size === 0) return;
  for (const load of Object.values(roomStore.get().loads)) {
    if (hasEnded(load) && awaited.delete(load.id)) tell(load);
  }
}

roomStore.subscribe(tellEnds);
addEventListener("pagehide", () => modelActions.leave());

function take(load: ModelProgress): void {
  roomStore.update((state) => receiveLoad(state, load));
}

function drop(key: string): void {
  roomStore.update((state) => ({ ...state, loads: omit(state.loads, key) }));
}

/** Nothing is shown of it any more unless the server has said something meanwhile. */
function dropPlaceholder(key: string): void {
  if (roomStore.get().loads[key]?.id === "") drop(key);
}

async function orNotify(run: () => Promise<unknown>): Promise<boolean> {
  try {
    await run();
    return true;
  } catch (error) {
    notify("error", error instanceof ApiError ? error.message : "That did not work. Try again.");
    return false;
  }
}

interface Followed {
  stop(): void;
  /** Stops once the server has said that it has begun. */
  leave(): void;
}

/** Those that are followed from here, beside the events that everybody gets. */
const followed = new Set<Followed>();

/** Resolves with the first word of the server; throws `ApiError`. The load is followed to its end, beside the room's events. */
function begin(action: ModelProgress["action"], model: string, backend: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let last: ModelProgress | null = null;
    let isLeft = false;
    const over = () => void followed.delete(it);
    const stop = followLoad({ action, model, backend }, {
      onProgress(load) {
        if (load.id !== last?.id) own(load.id);
        last = load;
        take(load);
        resolve();
        if (isLeft) queueMicrotask(it.leave);
        else if (hasEnded(load)) queueMicrotask(over);
      },
      onRefused(error) {
        queueMicrotask(over);
        reject(error);
      },
      onLost() {
        queueMicrotask(over);
        if (last) lose(last);
      },
    });
    const it: Followed = {
      stop,
      leave() {
        isLeft = true;
        if (!last) return;
        stop();
        over();
      },
    };
    followed.add(it);
  });
}

/** Nobody can tell any more how it went, unless its end was heard elsewhere. */
function lose(load: ModelProgress): void {
  if (!awaited.delete(load.id)) return;
  if (roomStore.get().loads[loadKey(load)]?.id === load.id) drop(loadKey(load));
  notify("info", `The server does not know any more how far ${load.model} was. Look whether it is there, or begin again.`);
}

export const modelActions = {
  /** Shown at once; a refusal takes it back and says why. */
  async load(model: ModelInfo): Promise<void> {
    take(placeholder("load", model.name, model.backend));
    await orNotify(() => begin("load", model.name, model.backend));
    dropPlaceholder(model.id);
  },
  /** Resolves when the download has begun; throws `ApiError`. */
  pull: (model: string, backend: string): Promise<void> => begin("pull", model, backend),
  async cancel(load: ModelProgress): Promise<boolean> {
    cancelledHere.add(load.id);
    const isDone = await orNotify(() => http.cancelLoad(load.id));
    if (!isDone) cancelledHere.delete(load.id);
    return isDone;
  },
  unload: (model: ModelInfo): Promise<boolean> => orNotify(() => http.unloadModel({ model: model.name, backend: model.backend })),
  /** Throws `ApiError`. */
  async remove(model: ModelInfo): Promise<void> {
    await http.deleteModel(model.id);
    notify("success", `${model.name} was deleted from ${model.backend}.`);
  },
  /** For a panel that is closed and a page that is left: what was begun is told by the room's events alone. */
  leave(): void {
    for (const one of [...followed]) one.leave();
  },
  /** For whoever signs out. What was begun goes on. */
  unfollow(): void {
    for (const { stop } of followed) stop();
    followed.clear();
    awaited.clear();
  },
  /** Shows a failure no longer. */
  dismiss: (load: ModelProgress): void => drop(loadKey(load)),
  /** Asks what runs: after a connect nothing is known of it. Events of later than the answer stay as they are. */
  async refresh(): Promise<void> {
    roomStore.update((state) => ({ ...state, ownLoads: stored() }));
    const loads = await http.loads().catch(() => []);
    // Begun here before the page was loaded again.
    for (const load of loads) if (!hasEnded(load) && stored().includes(load.id)) awaited.add(load.id);
    roomStore.update((state) => loads.reduce(receiveLoad, state));
  },
};
