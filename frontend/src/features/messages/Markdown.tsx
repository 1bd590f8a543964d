import type { Element } from "hast";
import { createContext, memo, type ReactNode, useContext, useId } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import { unseen } from "@/lib/unseen";
import { CodeBlock } from "./CodeBlock";
import { Formula } from "./Formula";
import { remarkFormulas } from "./mathSyntax";
import { MentionText } from "./MentionText";
import { MessageLink } from "./MessageLink";
import { remarkPlain } from "./remarkPlain";
import { safeUrl } from "./safeUrl";

const PLUGINS = [remarkGfm, remarkFormulas, remarkPlain];

/** Mentions in the text of a paragraph, a list item, a cell; not in code and links. */
function withMentions(children: ReactNode): ReactNode {
  if (typeof children === "string") return <MentionText text={children} />;
  if (Array.isArray(children)) return children.map((child, index) => (typeof child === "string" ? <MentionText key={index} text={child} /> : (child as ReactNode)));
  return children;
}

const COMPONENTS: Components = {
  a: ({ href, children, node, id, ...more }) => {
    if (!href) return <span>{children}</span>;
    return <MessageLink href={href} id={id} aria-label={more["aria-label"]} inside={node?.children ?? []}>{children}</MessageLink>;
  },
  // Nothing remote is loaded from what someone or something wrote.
  img: ({ alt, src }) => <span className="md-image">{[alt, typeof src === "string" ? src : ""].filter(Boolean).join(" · ") || "image"}</span>,
  input: ({ checked }) => <input type="checkbox" checked={checked} disabled aria-label={checked ? "Done" : "To do"} />,
  pre: ({ children }) => <>{children}</>,
  p: ({ children }) => <p>{withMentions(children)}</p>,
  li: ({ children, className, id }) => <li className={className} id={id}>{withMentions(children)}</li>,
  td: ({ children, style }) => <td style={style}>{withMentions(children)}</td>,
  th: ({ children, style }) => <th style={style}>{withMentions(children)}</th>,
  strong: ({ children }) => <strong>{withMentions(children)}</strong>,
  em: ({ children }) => <em>{withMentions(children)}</em>,
  del: ({ children }) => <del>{withMentions(children)}</del>,
  h1: ({ children }) => <h3 className="md-h1">{withMentions(children)}</h3>,
  // The heading over footnotes is for documents: it would be there once for each message, under one name.
  h2: ({ children, id }) => (id ? null : <h3 className="md-h2">{withMentions(children)}</h3>),
  h3: ({ children }) => <h4 className="md-h3">{withMentions(children)}</h4>,
  code: Code,
  table: ({ children }) => <div className="md-table" role="group" aria-label="Table" tabIndex={0}><table>{children}</table></div>,
};

function languageOf(className: string | undefined): string {
  return /language-(\S+)/.exec(className ?? "")?.[1] ?? "";
}

/** The text while it streams in; null once it is settled. A context, so that what draws code stays the same component. */
const Growing = createContext<string | null>(null);

function Code({ className, children, node }: { className?: string | undefined; children?: ReactNode; node?: Element | undefined }) {
  const growing = useContext(Growing);
  const text = typeof children === "string" ? children : "";
  const language = languageOf(className);
  if (language === "math") {
    // What stands at the end may still grow.
    const isOpen = growing !== null && (node?.position?.end.offset ?? 0) >= growing.trimEnd().length;
    return <Formula source={text.replace(/\n$/, "")} isDisplay={!className?.includes("math-inline")} isOpen={isOpen} />;
  }
  const isBlock = node?.position && node.position.start.line !== node.position.end.line;
  if (!isBlock && !className && !text.endsWith("\n")) return <code>{unseen.inCode(text)}</code>;
  return <CodeBlock text={text.replace(/\n$/, "")} language={language} isStreaming={growing !== null} />;
}

/** One block of GitHub-flavoured Markdown with formulas. Raw HTML shows as text; only http, https and mailto links are links. */
export default memo(function Markdown({ text, isStreaming }: { text: string; isStreaming: boolean }) {
  // Footnotes of two messages must not have the same names.
  const own = `fn-${useId()}-`;
  return (
    <Growing value={isStreaming ? text : null}>
      <ReactMarkdown remarkPlugins={PLUGINS} components={COMPONENTS} urlTransform={(url) => safeUrl(url, own)} remarkRehypeOptions={{ clobberPrefix: own }}>
        {text}
      </ReactMarkdown>
    </Growing>
  );
});
