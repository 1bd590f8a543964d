import { Check, Copy } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { copyText } from "@/lib/copyText";

interface Props {
  text: string;
  language: string;
  isStreaming: boolean;
}

/** Colours come when the code is finished and the highlighter is loaded; until then, and without, it is plain. */
function useHighlight({ text, language, isStreaming }: Props): ReactNode {
  const [coloured, setColoured] = useState<{ text: string; nodes: ReactNode } | null>(null);
  useEffect(() => {
    if (isStreaming || !language || text.length > 50_000) return;
    let isCurrent = true;
    import("./highlight").then(({ highlight }) => {
      const nodes = isCurrent ? highlight(text, language) : null;
      if (nodes) setColoured({ text, nodes });
    }, () => undefined);
    return () => { isCurrent = false; };
  }, [text, language, isStreaming]);
  return coloured?.text === text ? coloured.nodes : text;
}

export function CodeBlock(props: Props) {
  const [isCopied, setCopied] = useState(false);
  const content = useHighlight(props);
  async function copy() {
    setCopied(await copyText(props.text));
    setTimeout(() => setCopied(false), 1_600);
  }
  return (
    <div className="code">
      <div className="code-bar">
        <span>{props.language || "text"}</span>
        <button type="button" onClick={() => void copy()} aria-label="Copy code">
          {isCopied ? <Check size={13} aria-hidden="true" /> : <Copy size={13} aria-hidden="true" />}{isCopied ? "Copied" : "Copy"}
        </button>
      </div>
      { }
      <pre tabIndex={0} role="region" aria-label={props.language ? `${props.language} code` : "Code"}><code>{content}</code></pre>
    </div>
  );
}
