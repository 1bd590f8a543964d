import { memo, type ReactNode } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import { CodeBlock } from "./CodeBlock";
import { MentionText } from "./MentionText";
import { safeUrl } from "./safeUrl";

const PLUGINS = [remarkGfm];

/** Mentions in the text of a paragraph, a list item, a cell; not in code and links. */
function withMentions(children: ReactNode): ReactNode {
  if (typeof children === "string") return <MentionText text={children} />;
  if (Array.isArray(children)) return children.map((child, index) => (typeof child === "string" ? <MentionText key={index} text={child} /> : (child as ReactNode)));
  return children;
}

const COMPONENTS: Components = {
  a: ({ href, children }) => (href ? <a href={href} target="_blank" rel="noopener noreferrer" title={href}>{children}</a> : <span>{children}</span>),
  // Nothing remote is loaded from what someone or something wrote.
  img: ({ alt, src }) => <span className="md-image">{[alt, typeof src === "string" ? src : ""].filter(Boolean).join(" · ") || "image"}</span>,
  pre: ({ children }) => <>{children}</>,
  p: ({ children }) => <p>{withMentions(children)}</p>,
  li: ({ children, className }) => <li className={className}>{withMentions(children)}</li>,
  td: ({ children, style }) => <td style={style}>{withMentions(children)}</td>,
  strong: ({ children }) => <strong>{withMentions(children)}</strong>,
  em: ({ children }) => <em>{withMentions(children)}</em>,
  h1: ({ children }) => <h3 className="md-h1">{withMentions(children)}</h3>,
  h2: ({ children }) => <h3 className="md-h2">{withMentions(children)}</h3>,
  h3: ({ children }) => <h4 className="md-h3">{withMentions(children)}</h4>,
   
  table: ({ children }) => <div className="md-table" role="region" aria-label="Table" tabIndex={0}><table>{children}</table></div>,
};

function codeFor(isStreaming: boolean): Components["code"] {
  return function Code({ className, children, node }) {
    const isBlock = node?.position && node.position.start.line !== node.position.end.line;
    const text = typeof children === "string" ? children : "";
    if (!isBlock && !className && !text.endsWith("\n")) return <code>{children}</code>;
    return <CodeBlock text={text.replace(/\n$/, "")} language={/language-(\S+)/.exec(className ?? "")?.[1] ?? ""} isStreaming={isStreaming} />;
  };
}

const SETTLED: Components = { ...COMPONENTS, code: codeFor(false) };
const STREAMING: Components = { ...COMPONENTS, code: codeFor(true) };

/** One block of GitHub-flavoured Markdown. Raw HTML shows as text; only http, https and mailto links are links. */
export default memo(function Markdown({ text, isStreaming }: { text: string; isStreaming: boolean }) {
  return <ReactMarkdown remarkPlugins={PLUGINS} components={isStreaming ? STREAMING : SETTLED} urlTransform={safeUrl}>{text}</ReactMarkdown>;
});
