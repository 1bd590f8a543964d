import { readdirSync } from "node:fs";
import js from "@eslint/js";
import a11y from "eslint-plugin-jsx-a11y";
import hooks from "eslint-plugin-react-hooks";
import globals from "globals";
import tseslint from "typescript-eslint";

const features = readdirSync(new URL("./src/features", import.meta.url));

function forbid(files, patterns, extra = []) {
  return { files, rules: { "no-restricted-imports": ["error", { patterns: [...patterns, ...extra] }] } };
}

const network = { group: ["socket.io-client"], message: "Only transport/ touches the network." };
const layer = (names, message) => ({ group: names.flatMap((name) => [`@/${name}`, `@/${name}/*`]), message });

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/protocol/shapes.ts", "src/protocol/types.ts"] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  a11y.flatConfigs.strict,
  hooks.configs.flat["recommended-latest"],
  {
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      complexity: ["error", 12],
      "max-lines": ["error", { max: 300 }],
      "max-lines-per-function": ["error", { max: 90, skipComments: true }],
      eqeqeq: "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      // A list is scrollable and so must be reachable by keyboard; a dialog focuses its first field.
      "jsx-a11y/no-noninteractive-tabindex": ["error", { roles: ["tabpanel", "log", "region"], tags: [] }],
      "jsx-a11y/no-autofocus": "off",
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
  forbid(["src/state/**"], [network, layer(["app", "features", "ui"], "The state knows no pixels.")]),
  forbid(["src/transport/**"], [layer(["app", "features", "ui", "state"], "The transport only carries.")]),
  forbid(["src/app/**"], [network]),
  {
    files: ["src/**"],
    ignores: ["src/transport/**"],
    rules: { "no-restricted-globals": ["error", "fetch", "EventSource", "WebSocket", "XMLHttpRequest"] },
  },
);
