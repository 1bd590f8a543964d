import { notify } from "@/lib/notify";
import type { Credentials, User, UserAnswer } from "@/protocol/types";
import { ApiError } from "@/transport/ApiError";
import { http } from "@/transport/http";
import { INITIAL_STATE, type SessionEnd } from "./appState";
import { attention } from "./attention";
import { createBackoff, later } from "@/lib/backoff";
import { connection } from "./connection";
import { modelActions } from "./modelActions";
import { loadOutbox, saveOutbox, takenOut } from "./outbox";
import { outgoing } from "./outgoing";
import { roomStore } from "./roomStore";

/** Nobody waits for long once a server is back: the same as for the socket. */
const LONGEST_MS = 8_000;
const askAgain = createBackoff(later, LONGEST_MS);
let stopSaving: () => void = () => undefined;

function keepOutbox(user: string): () => void {
  let saved = roomStore.get().outbox;
  const onStorage = (event: StorageEvent) => {
    const id = takenOut(event, user);
    if (id) outgoing.discard(id);
  };
  window.addEventListener("storage", onStorage);
  const unsubscribe = roomStore.subscribe(() => {
    const { outbox } = roomStore.get();
    if (outbox === saved) return;
    saveOutbox(localStorage, user, saved, outbox);
    saved = outbox;
  });
  return () => {
    window.removeEventListener("storage", onStorage);
    unsubscribe();
  };
}

/** Into the rooms, or first to a password of one's own. */
function admit({ user, must_change_password }: UserAnswer): void {
  if (must_change_password) roomStore.update((state) => ({ ...state, session: { phase: "locked", user } }));
  else enter(user);
}

function enter(user: User): void {
  let outbox = roomStore.get().outbox;
  try {
    outbox = loadOutbox(localStorage, user.id);
  } catch {
    // Storage is forbidden: nothing was kept.
  }
  roomStore.update((state) => ({ ...state, session: { phase: "signed-in", user }, outbox }));
  stopSaving = keepOutbox(user.id);
  connection.onSetUp(outgoing.kick);
  connection.onSetUp(modelActions.refresh);
  attention.start();
  connection.open(leave);
}

function leave(ended: SessionEnd | null = null): void {
  stopSaving();
  attention.stop();
  modelActions.unfollow();
  connection.close();
  roomStore.update(() => ({ ...INITIAL_STATE, session: { phase: "signed-out", user: null, ended } }));
}

export const session = {
  /** Finds out whether this browser is signed in; asks again while the server cannot be reached. */
  async start(): Promise<void> {
    try {
      admit(await http.me());
      askAgain.reset("session");
    } catch (error) {
      if (error instanceof ApiError && error.code === "not_signed_in") return leave();
      roomStore.update((state) => ({ ...state, connection: { phase: "offline", caughtUp: null } }));
      askAgain.again("session", () => void session.start());
    }
  },
  /** Throws `ApiError` with the field at fault. */
  async signIn(credentials: Credentials): Promise<void> {
    admit(await http.login(credentials));
  },
  async register(credentials: Credentials): Promise<void> {
    admit(await http.register(credentials));
  },
  /** Replaces the password that an admin has given, which opens the rooms. Throws `ApiError` with the field at fault. */
  async choosePassword(password: string): Promise<void> {
    await http.changePassword({ new_password: password });
    admit(await http.me());
  },
  async signOut(): Promise<void> {
    try {
      await http.logout();
      leave();
    } catch (error) {
      notify("error", error instanceof ApiError ? error.message : "Signing out failed. Try again.");
    }
  },
};
