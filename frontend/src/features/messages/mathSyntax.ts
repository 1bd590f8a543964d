// Formulas in Markdown: $…$ and \(…\) in a line, $$…$$ and \[…\] on their own. An extension of micromark, so that code,
// links and escapes are told apart by the one parser that knows them. Prices stay text.
import type { Literal } from "mdast";
import type { CompileContext, Extension as TreeExtension, Token } from "mdast-util-from-markdown";
import type { Code, Construct, Effects, Extension, State, TokenizeContext } from "micromark-util-types";

declare module "micromark-util-types" {
  interface TokenTypeMap {
    math: "math";
    mathLine: "mathLine";
  }
}

const DOLLAR = 36;
const BACKSLASH = 92;
const OPENERS = { 40: "\\(", 91: "\\[" } as const;
const CLOSERS: Readonly<Record<string, string>> = { "$": "$", "$$": "$$", "\\(": "\\)", "\\[": "\\]" };
/** Nobody writes a longer formula into a line; without a limit, many openers would make reading slow. */
const MOST_IN_LINE = 4_000;
const LOOKS_LIKE_MATHS = /[\\^_={}<>+]/;
const SEVERAL_WORDS = /\s[a-z]{2,}(\s|$)/i;

const isEnd = (code: Code): boolean => code === null || code < -2;

/** Whether a text between single dollars is a formula: no blank at its ends, and no price with words after it. */
export function isFormula(body: string): boolean {
  if (body === "" || /^\s|\s$/.test(body)) return false;
  return !/^\d/.test(body) || !SEVERAL_WORDS.test(body.replace(/\\[a-z]+(\{[^}]*\})?/gi, ""));
}

function isValid(opener: string, body: string): boolean {
  if (opener === "$") return isFormula(body);
  // Brackets are escaped in ordinary texts as well: "see \[1\]".
  return opener === "\\[" ? LOOKS_LIKE_MATHS.test(body) : body.trim() !== "";
}

/** Reads the opener, and leaves the state that it gives. */
function open(effects: Effects, nok: State, then: (opener: string) => State): State {
  return (first) => {
    effects.enter("math");
    effects.enter("mathLine");
    effects.consume(first);
    return (second) => {
      if (first === DOLLAR) {
        if (second !== DOLLAR) return then("$")(second);
        effects.consume(second);
        return then("$$");
      }
      if (second !== 40 && second !== 91) return nok(second);
      effects.consume(second);
      return then(OPENERS[second]);
    };
  };
}

/** A formula in the text of a paragraph. */
const inText: Construct = {
  name: "mathText",
  previous: (code) => code !== DOLLAR && !(code !== null && code > 0 && /[\p{L}\p{N}]/u.test(String.fromCodePoint(code))),
  tokenize(effects, ok, nok) {
    return open(effects, nok, (opener) => {
      const closer = CLOSERS[opener] ?? "";
      let body = "";
      const leave: State = (code) => {
        // "$5-$10" and "$HOME/$USER" are no formulas; "\[a\](b)" is a link's escaped brackets.
        const follows = code !== null && code > 0 ? String.fromCodePoint(code) : "";
        const isOther = opener === "$" ? /[\p{L}\p{N}$]/u.test(follows) : opener === "\\[" && /[([:]/.test(follows);
        if (isOther || !isValid(opener, body)) return nok(code);
        effects.exit("mathLine");
        effects.exit("math");
        return ok(code);
      };
      const line: State = (code) => {
        if (code === null || body.length > MOST_IN_LINE) return nok(code);
        if (isEnd(code)) {
          effects.exit("mathLine");
          effects.enter("lineEnding");
          effects.consume(code);
          effects.exit("lineEnding");
          body += "\n";
          return nextLineOfText;
        }
        effects.consume(code);
        if (code === DOLLAR && closer === "$") return leave;
        if (code === DOLLAR && closer === "$$") return second(DOLLAR);
        if (code === BACKSLASH) return afterBackslash;
        body += code < 0 ? " " : String.fromCodePoint(code);
        return line;
      };
      const nextLineOfText: State = (code) => {
        if (isEnd(code)) return nok(code);
        effects.enter("mathLine");
        return line(code);
      };
      const second = (wanted: number): State => (code) => {
        if (code !== wanted) { body += "$"; return line(code); }
        effects.consume(code);
        return leave;
      };
      const afterBackslash: State = (code) => {
        if (code === null || isEnd(code)) { body += "\\"; return line(code); }
        const pair = `\\${code < 0 ? " " : String.fromCodePoint(code)}`;
        // A second opener: the first one was none.
        if (pair === opener) return nok(code);
        effects.consume(code);
        if (pair === closer) return leave;
        body += pair;
        return line;
      };
      return line;
    });
  },
};

/** What follows an opener on its line, for a formula that stands on lines of its own. */
function beginsBlock(opener: string, line: string): boolean {
  const rest = line.trim();
  const closer = CLOSERS[opener] ?? "";
  if (rest === "") return true;
  const at = rest.indexOf(closer);
  if (at === -1) return opener === "$$" && LOOKS_LIKE_MATHS.test(rest);
  return at > 0 && at === rest.length - closer.length;
}

const nextLine: Construct = {
  partial: true,
  tokenize(this: TokenizeContext, effects, ok, nok) {
    return (code) => {
      if (code === null) return nok(code);
      effects.enter("lineEnding");
      effects.consume(code);
      effects.exit("lineEnding");
      return (first) => (this.parser.lazy[this.now().line] ? nok(first) : ok(first));
    };
  },
};

/** A formula on lines of its own; like a code fence, one without an end goes on to the end of what it is in. */
const onItsOwn: Construct = {
  name: "mathFlow",
  concrete: true,
  tokenize(this: TokenizeContext, effects, ok, nok) {
    return open(effects, nok, (opener) => {
      if (opener !== "$$" && opener !== "\\[") return nok;
      const closer = CLOSERS[opener] ?? "";
      let read = "";
      let isFirst = true;
      const done: State = (code) => {
        effects.exit("math");
        return ok(code);
      };
      const line: State = (code) => {
        if (!isEnd(code)) {
          effects.consume(code);
          read += code !== null && code > 0 ? String.fromCodePoint(code) : " ";
          return line;
        }
        if (isFirst && !beginsBlock(opener, read)) return nok(code);
        const isLast = read.trimEnd().endsWith(closer);
        effects.exit("mathLine");
        if (isFirst && this.interrupt) return done(code);
        if (isLast) return done(code);
        isFirst = false;
        read = "";
        return effects.attempt(nextLine, next, done)(code);
      };
      const next: State = (code) => {
        if (isEnd(code)) return effects.attempt(nextLine, next, done)(code);
        effects.enter("mathLine");
        return line(code);
      };
      return line;
    });
  },
};

export interface Formula extends Literal {
  type: "formula";
}

declare module "mdast" {
  interface RootContentMap {
    formula: Formula;
  }
}

/** A formula and its marks, as it was written. */
function leave(this: CompileContext, token: Token): void {
  const node = this.stack.at(-1) as Formula;
  this.exit(token);
  const isDisplay = /^(\$\$|\\\[)/.test(node.value);
  node.data = {
    hName: "code",
    hProperties: { className: ["language-math", isDisplay ? "math-display" : "math-inline"] },
    hChildren: [{ type: "text", value: node.value }],
  };
}

const tree: TreeExtension = {
  enter: { math(token) { this.enter({ type: "formula", value: "" }, token); } },
  exit: {
    mathLine(token) {
      const node = this.stack.at(-1) as unknown as Formula;
      node.value += (node.value ? "\n" : "") + this.sliceSerialize(token);
    },
    math: leave,
  },
};

const syntax: Extension = { flow: { [DOLLAR]: onItsOwn, [BACKSLASH]: onItsOwn }, text: { [DOLLAR]: inText, [BACKSLASH]: inText } };

interface Extensions {
  micromarkExtensions?: Extension[];
  fromMarkdownExtensions?: (TreeExtension | TreeExtension[])[];
}

/** A remark plugin: formulas become `code` elements of the class `language-math`, with their marks. */
export function remarkFormulas(this: { data: () => object }): void {
  const data = this.data() as Extensions;
  (data.micromarkExtensions ??= []).push(syntax);
  (data.fromMarkdownExtensions ??= []).push(tree);
}
