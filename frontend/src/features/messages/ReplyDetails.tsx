import * as Popover from "@radix-ui/react-popover";
import type { ReplyInfo } from "@/protocol/types";
import { replyFacts } from "./replyFacts";

/** Loaded on the first click on "Details", and opens at once. */
export default function ReplyDetails({ reply }: { reply: ReplyInfo }) {
  return (
    <Popover.Root defaultOpen>
      <Popover.Trigger className="foot-link" data-testid="reply-details">Details</Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="popover" side="top" align="start" sideOffset={6} collisionPadding={12} aria-label="About this reply">
          <dl className="facts">
            {replyFacts(reply).map(([label, value]) => <div key={label}><dt>{label}</dt><dd>{value}</dd></div>)}
          </dl>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
