import { Bell } from "lucide-react";
import { useSyncExternalStore } from "react";
import { notices } from "@/state/notices";
import { noticeSetting } from "@/state/noticeSetting";
import { useNoticeSetting } from "@/state/useNoticeSetting";
import { Button } from "@/ui/Button";
import "./notices.css";

/** Asks once, after the first mention, whether to tell of the next ones. */
export function NoticePrompt() {
  const wasMentioned = useSyncExternalStore(notices.subscribe, notices.wasMentioned);
  const choice = useNoticeSetting();
  if (!wasMentioned || choice !== null || !noticeSetting.isPossible() || noticeSetting.isForbidden()) return null;
  return (
    <div className="notice-prompt" role="status" data-testid="notice-prompt">
      <Bell size={15} aria-hidden="true" />
      <p>You were mentioned. Notify you of the next one, also when this page is in the background?</p>
      <Button isSmall look="primary" data-testid="notice-yes" onClick={() => void noticeSetting.set(true)}>Notify me</Button>
      <Button isSmall look="quiet" data-testid="notice-no" onClick={() => void noticeSetting.set(false)}>No</Button>
    </div>
  );
}
