import { useEffect } from "react";
import { notify } from "@/lib/notify";

/** In place of a dialog that could not be loaded or drawn. */
export function DialogFailed({ onClose }: { onClose: () => void }) {
  useEffect(() => {
    notify("error", "This could not be opened. Reload the page and try again.");
    onClose();
  }, [onClose]);
  return null;
}
