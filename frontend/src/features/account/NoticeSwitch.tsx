import { noticeSetting } from "@/state/noticeSetting";
import { useNoticeSetting } from "@/state/useNoticeSetting";

function words(): string {
  if (!noticeSetting.isPossible()) return "This browser notifies only over https, or not at all.";
  if (noticeSetting.isForbidden()) return "The browser forbids it here. Allow notifications for this page in its settings first.";
  return "Also of direct messages, while this page is in the background.";
}

/** Whether this browser tells of mentions; the browser itself has a say in it. */
export function NoticeSwitch() {
  const choice = useNoticeSetting();
  const mayBe = noticeSetting.isPossible() && !noticeSetting.isForbidden();
  return (
    <label className="switch">
      <input type="checkbox" checked={mayBe && choice === "yes"} disabled={!mayBe} data-testid="notices" onChange={(event) => void noticeSetting.set(event.target.checked)} />
      <span><b>Notify me of mentions</b><span>{words()}</span></span>
    </label>
  );
}
