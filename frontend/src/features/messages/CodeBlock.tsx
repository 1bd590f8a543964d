import { Check, ChevronsUpDown, Copy } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import { copyText } from "@/lib/copyText";
import { unseen } from "@/lib/unseen";
import { type Folded, foldCode } from "./foldCode";

interface Props {
  text: string;
  language: string;
  isStreaming: boolean;
}

/** Colours take longer than reading the text is worth. */
const MOST_COLOURED = 30_000;

/** Colours come when the code is finished and the highlighter is loaded; until then, and without, it is plain. */
function useHighlight({ text, language, isStreaming }: Props): ReactNode {
  const [coloured, setColoured] = useState<{ text: string; nodes: ReactNode } | null>(null);
  useEffect(() => {
    if (isStreaming || !language || text.length > MOST_COLOURED) return;
    let isCurrent = true;
    import("./highlight").then(({ highlight }) => highlight(text, language)).then((nodes) => {
      if (isCurrent && nodes) setColoured({ text, nodes });
    }, () => undefined);
    return () => { isCurrent = false; };
  }, [text, language, isStreaming]);
  return coloured?.text === text ? coloured.nodes : text;
}

function Fold({ folded, isOpen, onToggle }: { folded: Folded; isOpen: boolean; onToggle: () => void }) {
  const lines = folded.lines.toLocaleString("en");
  return (
    <button type="button" className="code-fold" aria-expanded={isOpen} data-testid="code-fold" onClick={onToggle}>
      <ChevronsUpDown size={13} aria-hidden="true" />{isOpen ? "Show fewer lines" : `Show all ${lines} lines`}
    </button>
  );
}

export function CodeBlock(props: Props) {
  const { text, language, isStreaming } = props;
  const [isCopied, setCopied] = useState(false);
  const [isOpen, setOpen] = useState(false);
  const folded = useMemo(() => foldCode(text, isStreaming), [text, isStreaming]);
  const content = useHighlight({ ...props, text: unseen.inCode(folded && !isOpen ? folded.shown : text) });
  async function copy() {
    setCopied(await copyText(text));
    setTimeout(() => setCopied(false), 1_600);
  }
  return (
    <div className="code" data-testid="code">
      <div className="code-bar">
        <span>{language || "text"}</span>
        <button type="button" onClick={() => void copy()} aria-label="Copy code" data-testid="copy-code">
          {isCopied ? <Check size={13} aria-hidden="true" /> : <Copy size={13} aria-hidden="true" />}{isCopied ? "Copied" : "Copy"}
        </button>
      </div>
      <pre tabIndex={0} role="group" aria-label={language ? `${language} code` : "Code"}><code>{content}</code></pre>
      {folded ? <Fold folded={folded} isOpen={isOpen} onToggle={() => setOpen(!isOpen)} /> : null}
    </div>
  );
}
