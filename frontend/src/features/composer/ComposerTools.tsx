import { AtSign, Sparkles } from "lucide-react";
import { IconButton } from "@/ui/IconButton";
import { FileButton } from "./FileButton";
import { GenerationButton } from "./GenerationButton";

interface Props {
  roomId: string;
  userId: string;
  isGenerationOpen: boolean;
  onGeneration: (isOpen: boolean) => void;
  onMention: () => void;
  /** Null while the message has a text already: a template is chosen first. */
  onTemplate: (() => void) | null;
  onFiles: (files: readonly File[]) => void;
}

/** What can be put into a message by the mouse. */
export function ComposerTools({ roomId, userId, isGenerationOpen, onGeneration, onMention, onTemplate, onFiles }: Props) {
  return (
    <>
      <IconButton isSmall label="Mention a model or a person" data-testid="mention-button" onClick={onMention}><AtSign size={16} /></IconButton>
      <IconButton isSmall label="Use a template" data-testid="template-button" disabled={onTemplate === null} onClick={onTemplate ?? undefined}><Sparkles size={16} /></IconButton>
      <FileButton onFiles={onFiles} />
      <GenerationButton roomId={roomId} userId={userId} isOpen={isGenerationOpen} onOpen={onGeneration} />
    </>
  );
}
