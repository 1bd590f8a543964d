import { Download } from "lucide-react";
import { Suspense, useState } from "react";
import type { BackendInfo } from "@/protocol/types";
import { mayChange } from "@/state/loads";
import { useAppState } from "@/state/useAppState";
import { Button } from "@/ui/Button";
import { lazily } from "@/ui/lazily";

const DownloadModelDialog = lazily(() => import("./DownloadModelDialog"));

/** The way to another model, for whom it is open. */
export function DownloadModel({ backend }: { backend: BackendInfo | undefined }) {
  const isAllowed = useAppState((state) => mayChange(state, "pull", backend));
  const [isOpen, setOpen] = useState(false);
  if (!backend || !isAllowed) return null;
  return (
    <>
      <Button isSmall className="download" data-testid="download-model" onClick={() => setOpen(true)}><Download size={13} aria-hidden="true" />Download a model</Button>
      {isOpen ? <Suspense><DownloadModelDialog backend={backend} onClose={() => setOpen(false)} /></Suspense> : null}
    </>
  );
}
