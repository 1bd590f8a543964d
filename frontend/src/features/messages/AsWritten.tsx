import { PlainText } from "./PlainText";

/** A text without any Markdown, and why it stands there like this. */
export function AsWritten({ text, why }: { text: string; why: string }) {
  return (
    <>
      <PlainText text={text} />
      <p className="as-written" data-testid="as-written">{why}, so it is shown as it was written.</p>
    </>
  );
}
