import { readdirSync } from "node:fs";
import js from "@eslint/js";
import a11y from "eslint-plugin-jsx-a11y";
import hooks from "eslint-plugin-react-hooks";
import globals from "globals";
import tseslint from "typescript-eslint";

const features = readdirSync(new URL("./src/features", import.meta.url));

const parents = { group: ["../*"], message: "Another folder is imported by @/, so that the rules see which one." };

function forbid(files, patterns, ignores = []) {
  return { files, ignores, rules: { "no-restricted-imports": ["error", { patterns: [parents, ...patterns] }] } };
}

const network = { group: ["socket.io-client"], message: "Only transport/ touches the network." };
const layer = (names, message) => ({ group: names.flatMap((name) => [`@/${name}`, `@/${name}/*`]), message });

const pixels = layer(["app", "features", "ui"], "The state knows no pixels.");
const ways = ["fetch", "EventSource", "WebSocket", "XMLHttpRequest"];
const owners = ["window", "globalThis", "self"];

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/protocol/shapes.ts", "src/protocol/types.ts"] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  a11y.flatConfigs.strict,
  // The two rules for everyone; the others are for the React Compiler, which we do not use.
  { plugins: { "react-hooks": hooks }, rules: { "react-hooks/rules-of-hooks": "error", "react-hooks/exhaustive-deps": "error" } },
  {
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      // A switch counts once: the dispatch over all events is one.
      complexity: ["error", { max: 14, variant: "modified" }],
      "max-lines": ["error", { max: 300 }],
      "max-lines-per-function": ["error", { max: 90, skipComments: true }],
      eqeqeq: "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      // A list is scrollable and so must be reachable by keyboard; a dialog focuses its first field.
      "jsx-a11y/no-noninteractive-tabindex": ["error", { roles: ["tabpanel", "log", "region", "group"], tags: [] }],
      "jsx-a11y/no-autofocus": "off",
      "jsx-a11y/label-has-associated-control": ["error", { depth: 3 }],
    },
  },
  { files: ["*.js", "*.ts", "scripts/**"], languageOptions: { globals: { ...globals.node } } },
  { files: ["**/*.test.{ts,tsx}"], rules: { "max-lines-per-function": "off", "@typescript-eslint/no-non-null-assertion": "off" } },
  // Who may import whom.
  ...features.map((name) =>
    forbid([`src/features/${name}/**`], [
      network,
      layer(["app", "transport"], "Features speak to the state, the app composes features."),
      { group: ["@/features/*", `!@/features/${name}`], message: "Features never import each other." },
    ]),
  ),
  forbid(["src/ui/**", "src/lib/**"], [network, layer(["app", "features", "state", "transport"], "ui/ and lib/ know nothing of the product.")]),
  forbid(["src/state/**"], [network, pixels]),
  forbid(["src/state/**"], [network, pixels, { group: ["react", "react-dom"], message: "The state has no React; React reads it by use… in a file of its own." }], ["src/state/use*", "**/*.test.*"]),
  forbid(["src/transport/**"], [layer(["app", "features", "ui", "state"], "The transport only carries.")], ["**/*.test.*"]),
  forbid(["src/app/**"], [network]),
  {
    files: ["src/**"],
    ignores: ["src/transport/**"],
    rules: {
      "no-restricted-globals": ["error", ...ways],
      "no-restricted-properties": [
        "error",
        ...owners.flatMap((object) => ways.map((property) => ({ object, property }))),
        { object: "navigator", property: "sendBeacon" },
      ],
    },
  },
);
