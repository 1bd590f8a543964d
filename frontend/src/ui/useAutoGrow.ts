import { useLayoutEffect, useRef } from "react";

/** What `field-sizing: content` (styles/base.css) does, without laying the page out at each key. */
const growsByItself = (): boolean => typeof CSS !== "undefined" && CSS.supports("field-sizing", "content");

/** A text field that is as high as its text, up to the `max-height` of its style. */
export function useAutoGrow(text: string) {
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const element = field.current;
    if (!element || growsByItself()) return;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight + element.offsetHeight - element.clientHeight}px`;
  }, [text]);
  return field;
}
