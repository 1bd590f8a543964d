import type { SessionEnd } from "@/state/appState";

/** What somebody is told who finds the sign-in form where a room was. */
export const END_WORDS: Record<SessionEnd, string> = {
  signed_out: "You have signed out in another tab.",
  ended: "This browser was signed out from another one of yours. Sign in again if you want to go on here.",
  revoked: "The key of this page was revoked. Sign in.",
  password_changed: "Your password was changed, which signed you out here. Sign in with the new one.",
  password_reset: "An admin has given you a new password. Ask them for it, then sign in with it.",
  deactivated: "Your account was deactivated by an admin. Your messages are kept; ask an admin if you should come back.",
  unknown: "You are no longer signed in. Sign in again; what you had not sent is kept.",
};
