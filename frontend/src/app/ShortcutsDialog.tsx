import { ShortcutList } from "@/features/account/ShortcutList";
import { Dialog } from "@/ui/Dialog";

export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  return <Dialog title="Keyboard shortcuts" onClose={onClose}><ShortcutList /></Dialog>;
}
