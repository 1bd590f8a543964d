import type { AuditEntry } from "@/protocol/types";

type Action = AuditEntry["action"];

interface Words {
  /** As it stands in the list of filters. */
  name: string;
  /** What comes after the name of who did it. */
  says: (entry: AuditEntry) => string;
}

const person = (entry: AuditEntry): string => `@${entry.target_name}`;
const room = (entry: AuditEntry): string => (entry.target_name ? `#${entry.target_name}` : "a direct room");
const more = (entry: AuditEntry): string => (entry.detail ? ` (${entry.detail})` : "");
const named = (name: string, says: Words["says"]): Words => ({ name, says });

/** One sentence for each kind of entry; the compiler finds a missing one. */
export const AUDIT_WORDS: Record<Action, Words> = {
  registered: named("Account created", () => "created an account"),
  signed_in: named("Signed in", () => "signed in"),
  sign_in_failed: named("Sign-in failed", (entry) => (entry.target_name ? `failed to sign in as ${person(entry)}${more(entry)}` : "failed to sign in with a user name that nobody has")),
  signed_out: named("Signed out", () => "signed out"),
  session_ended: named("Session ended", () => "ended one of their other sessions"),
  identity_linked: named("Sign-in linked", () => "linked a sign-in provider to their account"),
  identity_unlinked: named("Sign-in unlinked", () => "unlinked their sign-in provider"),
  name_changed: named("Name changed", (entry) => `changed their name: ${entry.detail}`),
  password_changed: named("Password changed", () => "changed their password"),
  password_reset: named("Password given", (entry) => `gave ${person(entry)} a new password`),
  key_created: named("API key made", (entry) => `made the API key “${entry.target_name}”`),
  key_revoked: named("API key revoked", (entry) => `revoked the API key “${entry.target_name}”`),
  admin_made: named("Admin made", (entry) => `made ${person(entry)} an admin`),
  admin_unmade: named("Admin role taken", (entry) => `took the admin role from ${person(entry)}`),
  role_changed: named("Role changed", (entry) => `changed the role of ${person(entry)}: ${entry.detail}`),
  deactivated: named("Deactivated", (entry) => `deactivated ${person(entry)}`),
  reactivated: named("Reactivated", (entry) => `reactivated ${person(entry)}`),
  room_created: named("Room created", (entry) => `created ${room(entry)}${more(entry)}`),
  room_changed: named("Room settings changed", (entry) => `changed settings of ${room(entry)}${more(entry)}`),
  memory_changed: named("What models remember of a room changed", (entry) => `changed what models remember of ${room(entry)}${more(entry)}`),
  templates_changed: named("Templates of a room changed", (entry) => `changed templates of ${room(entry)}${more(entry)}`),
  room_archived: named("Room archived", (entry) => `archived ${room(entry)}`),
  room_reopened: named("Room reopened", (entry) => `took ${room(entry)} out of the archive`),
  bot_created: named("Bot made", (entry) => `made the bot ${person(entry)}`),
  hook_created: named("Webhook made", (entry) => `made the webhook “${entry.target_name}” ${entry.detail}`),
  hook_deleted: named("Webhook deleted", (entry) => `deleted the webhook “${entry.target_name}” ${entry.detail}`),
  hook_disabled: named("Webhook switched off", (entry) => `switched off the webhook “${entry.target_name}” ${entry.detail}`),
  room_deleted: named("Room deleted", (entry) => `deleted ${room(entry)}${more(entry)}`),
  room_exported: named("Room exported", (entry) => `wrote ${room(entry)} to a file`),
  room_imported: named("Room imported", (entry) => `read ${room(entry)} from a file`),
  owner_made: named("Owner made", (entry) => `made ${person(entry)} an owner ${entry.detail}`),
  owner_unmade: named("Owner unmade", (entry) => `made ${person(entry)} a plain member ${entry.detail}`),
  member_removed: named("Member removed", (entry) => `removed ${person(entry)} ${entry.detail}`),
  agent_created: named("Agent made", (entry) => `made the agent ${person(entry)}`),
  agent_changed: named("Agent changed", (entry) => `changed the agent ${person(entry)}${more(entry)}`),
  agent_added: named("Agent added", (entry) => `added the agent ${person(entry)} ${entry.detail}`),
  agent_removed: named("Agent removed", (entry) => `took the agent ${person(entry)} out, ${entry.detail}`),
  agent_deleted: named("Agent deleted", (entry) => `deleted the agent ${person(entry)}`),
  model_loaded: named("Model loaded", (entry) => `loaded ${entry.target_name} ${entry.detail}`),
  model_unloaded: named("Model unloaded", (entry) => `put ${entry.target_name} out of memory ${entry.detail}`),
  model_downloaded: named("Model downloaded", (entry) => `began to download ${entry.target_name} ${entry.detail}`),
  model_deleted: named("Model deleted", (entry) => `deleted the model ${entry.target_name} ${entry.detail}`),
  cache_emptied: named("Cache emptied", (entry) => `emptied the cache${more(entry)}`),
  audit_viewed: named("Audit log viewed", (entry) => `looked at the audit log${more(entry)}`),
};
