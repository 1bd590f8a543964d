import { memo, Suspense, useMemo } from "react";
import { ErrorBoundary } from "@/ui/ErrorBoundary";
import { closeMarkdown } from "./closeMarkdown";
import { Markdown } from "./markdownCode";
import { PlainText } from "./PlainText";
import { splitBlocks } from "./splitBlocks";

/** Texts without any of this look the same with and without Markdown, so they need not wait for it. */
const MAYBE_MARKDOWN = /[*_`~#|[\]<>\\&]|https?:\/\/|www\.|@\S+\.\S|^\s*([-+=]|\d+[.)])(\s|$)|^( {4}|\t)/m;

const Block = memo(function Block({ text, isStreaming }: { text: string; isStreaming: boolean }) {
  if (!MAYBE_MARKDOWN.test(text)) return <PlainText text={text} />;
  return <Suspense fallback={<PlainText text={text} />}><Markdown text={text} isStreaming={isStreaming} /></Suspense>;
});

/** A message as Markdown; while it streams, finished blocks are not drawn again. Falls back to plain text. */
export const MessageContent = memo(function MessageContent({ text, isStreaming }: { text: string; isStreaming: boolean }) {
  const blocks = useMemo(() => splitBlocks(text), [text]);
  const last = blocks.length - 1;
  return (
    <ErrorBoundary fallback={<PlainText text={text} />}>
      {blocks.map((block, index) => {
        const isOpen = isStreaming && index === last;
        // The position is what makes a block the same block while it grows.
        return <Block key={index} text={isOpen ? closeMarkdown(block) : block} isStreaming={isOpen} />;
      })}
    </ErrorBoundary>
  );
});
