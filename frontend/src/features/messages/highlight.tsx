import bash from "highlight.js/lib/languages/bash";
import c from "highlight.js/lib/languages/c";
import cpp from "highlight.js/lib/languages/cpp";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import go from "highlight.js/lib/languages/go";
import ini from "highlight.js/lib/languages/ini";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import python from "highlight.js/lib/languages/python";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";
import { createLowlight } from "lowlight";
import type { ReactNode } from "react";

const lowlight = createLowlight({ bash, c, cpp, css, diff, go, ini, java, javascript, json, python, rust, sql, typescript, xml, yaml });
lowlight.registerAlias({ bash: ["sh", "shell", "zsh", "console"], javascript: ["js", "jsx", "mjs"], typescript: ["ts", "tsx"], python: ["py"], ini: ["toml"], xml: ["html", "svg", "vue"], yaml: ["yml"] });

type Node = ReturnType<typeof lowlight.highlight>["children"][number];

function draw(node: Node, key: number): ReactNode {
  if (node.type === "text") return node.value;
  if (node.type !== "element") return null;
  const names = node.properties.className;
  return <span key={key} className={Array.isArray(names) ? names.join(" ") : ""}>{node.children.map((child, index) => draw(child as Node, index))}</span>;
}

/** Coloured code, or null for a language that is not known. The rarer ones are loaded when one of them is asked for. */
export async function highlight(text: string, language: string): Promise<ReactNode> {
  const name = language.toLowerCase();
  if (!lowlight.registered(name)) (await import("./moreLanguages")).register(lowlight);
  return lowlight.registered(name) ? lowlight.highlight(name, text).children.map(draw) : null;
}
