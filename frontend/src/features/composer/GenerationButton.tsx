import { SlidersHorizontal } from "lucide-react";
import { type ComponentProps, Suspense, useState } from "react";
import { generationWords, isDefault } from "@/state/generation";
import { useAppState } from "@/state/useAppState";
import { useGeneration } from "@/state/useGeneration";
import { IconButton } from "@/ui/IconButton";
import { lazily } from "@/ui/lazily";

const GenerationPopover = lazily(() => import("./GenerationPopover"));

interface Props {
  roomId: string;
  userId: string;
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
}

/** How models are asked from here; says so where it is not as usual. */
export function GenerationButton({ roomId, userId, isOpen, onOpen }: Props) {
  const [value, setValue] = useGeneration(userId, roomId);
  const models = useAppState((state) => state.models);
  const [wasOpen, setWasOpen] = useState(false);
  const words = generationWords(value, models).join(" · ");
  const button: ComponentProps<typeof IconButton> = {
    isSmall: true, label: words ? `Model and settings: ${words}` : "Model and settings", className: isDefault(value) ? "" : "is-set", children: <SlidersHorizontal size={16} />,
  };
  const closed = <IconButton {...button} aria-haspopup="dialog" data-testid="generation" data-changed={!isDefault(value)} onClick={() => onOpen(true)} />;
  if (isOpen && !wasOpen) setWasOpen(true);
  return (
    <>
      {wasOpen ? <Suspense fallback={closed}><GenerationPopover button={button} isOpen={isOpen} onOpen={onOpen} value={value} onChange={setValue} /></Suspense> : closed}
      {words ? <button type="button" className="generation-words" tabIndex={-1} aria-hidden="true" onClick={() => onOpen(true)}>{words}</button> : null}
    </>
  );
}
