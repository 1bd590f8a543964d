import { X } from "lucide-react";
import { IconButton } from "@/ui/IconButton";

export function CloseDrawer({ onClose }: { onClose: () => void }) {
  return <IconButton label="Close rooms" tipSide="bottom" tipAlign="end" className="push-end" data-testid="close-drawer" onClick={onClose}><X size={18} /></IconButton>;
}
