import type { Nodes, Root } from "mdast";
import { unseen } from "@/lib/unseen";

const BREAK = /^<br\s*\/?>$/i;

/** Characters that turn text around are shown; of HTML only the line break means something, as models write it into tables. */
export function remarkPlain() {
  function visit(node: Nodes): void {
    if (node.type === "text" || node.type === "html") node.value = unseen.inText(node.value);
    if (!("children" in node)) return;
    node.children.forEach((child, index) => {
      if (child.type === "html" && BREAK.test(child.value)) node.children[index] = { type: "break" };
      else visit(child);
    });
  }
  return (tree: Root): void => visit(tree);
}
