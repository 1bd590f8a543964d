import { memo, Suspense, useMemo } from "react";
import { ErrorBoundary } from "@/ui/ErrorBoundary";
import { closeMarkdown } from "./closeMarkdown";
import { Markdown } from "./markdownCode";
import { PlainText } from "./PlainText";
import { AsWritten } from "./AsWritten";
import { groupBlocks, splitBlocks } from "./splitBlocks";
import { isTangled } from "./tangle";

/** Texts without any of this look the same with and without Markdown, so they need not wait for it. */
const MAYBE_MARKDOWN = /[*_`~#|[\]<>\\&$]|https?:\/\/|www\.|@[^\s@]+\.\S|^[ \t]*([-+=]|\d+[.)])(\s|$)|^( {4}|\t)/m;

/** Browsers take seconds to fit kerned letters and ligatures into lines where there is no space to break at. */
const ONE_LONG_WORD = /\S{1000}/;

const Block = memo(function Block({ text, isStreaming }: { text: string; isStreaming: boolean }) {
  if (!MAYBE_MARKDOWN.test(text)) return <PlainText text={text} />;
  if (isTangled(text)) return <AsWritten text={text} why="There is too much Markdown here to draw" />;
  return <Suspense fallback={<PlainText text={text} />}><Markdown text={text} isStreaming={isStreaming} /></Suspense>;
});

/** A message as Markdown; while it streams, finished blocks are not drawn again. */
export const MessageContent = memo(function MessageContent({ text, isStreaming }: { text: string; isStreaming: boolean }) {
  const pieces = useMemo(() => groupBlocks(splitBlocks(text)), [text]);
  const drawn = pieces.map((piece) => {
    const isOpen = isStreaming && piece === pieces.at(-1);
    return <Block key={piece.at} text={isOpen ? closeMarkdown(piece.text) : piece.text} isStreaming={isOpen} />;
  });
  return (
    <ErrorBoundary resetKey={text} fallback={<AsWritten text={text} why="This message could not be drawn" />}>
      {ONE_LONG_WORD.test(text) ? <div className="unkerned">{drawn}</div> : drawn}
    </ErrorBoundary>
  );
});
