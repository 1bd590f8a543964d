import type { ElementContent } from "hast";
import type { ReactNode } from "react";
import { hiddenTarget } from "@/lib/linkTarget";

function textOf(nodes: readonly ElementContent[]): string {
  return nodes.map((node) => {
    if (node.type === "text") return node.value;
    if (node.type !== "element") return "";
    return node.tagName === "img" ? String(node.properties.alt ?? "") : textOf(node.children);
  }).join("");
}

/** A footnote's mark or its way back: both are in this message. */
function InMessage({ href, children, ...names }: Props) {
  return (
    <a
      href={href} {...names}
      onClick={(event) => {
        event.preventDefault();
        const target = document.getElementById(decodeURIComponent(href.slice(1)));
        target?.scrollIntoView({ block: "nearest" });
        target?.querySelector("a")?.focus({ preventScroll: true });
      }}
    >{children}</a>
  );
}

interface Props {
  href: string;
  children: ReactNode;
  id?: string | undefined;
  "aria-label"?: string | undefined;
}

/** A link that opens elsewhere. Where it leads is shown if its text says something else. */
export function MessageLink({ inside, ...props }: Props & { inside: readonly ElementContent[] }) {
  const { href, children } = props;
  if (href.startsWith("#")) return <InMessage {...props} />;
  const target = hiddenTarget(href, textOf(inside));
  return (
    <>
      <a href={href} target="_blank" rel="noopener noreferrer" title={href}>{children}</a>
      {target ? <span className="link-target" data-testid="link-target"> ({target})</span> : null}
    </>
  );
}
