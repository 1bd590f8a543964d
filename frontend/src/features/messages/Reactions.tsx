import type { Reaction } from "@/protocol/types";

/** Who reacted to a message, by emoji. */
export function Reactions({ reactions }: { reactions: readonly Reaction[] }) {
  if (reactions.length === 0) return null;
  return (
    <ul className="reactions" aria-label="Reactions" data-testid="reactions">
      {reactions.map(({ emoji, users }) => <li key={emoji}>{emoji} {users.length}</li>)}
    </ul>
  );
}
