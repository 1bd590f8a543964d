"""What a message can say: formulas, code, tables, footnotes, links that pretend."""

from playwright.sync_api import Page

from scripts.scenes.scene import Scene, close, go
from scripts.scenes.stage import Stage

FORMULAS = r"""The error of a mean over $n$ samples falls with $\sqrt{n}$, so four times the rows halve it:[^1]

$$
\operatorname{SE}(\bar{x}) = \frac{s}{\sqrt{n}}, \qquad s^2 = \frac{1}{n-1} \sum_{i=1}^{n} (x_i - \bar{x})^2
$$

With \(n = 12{,}480\) and $s = 3.1$ that is about $0.028$; a run costs $5 to $10 either way. The normal equations:

\[
\hat{\beta} = (X^\top X)^{-1} X^\top y, \quad X = \begin{pmatrix} 1 & x_1 \\ \vdots & \vdots \\ 1 & x_n \end{pmatrix}
\]

- [x] check the fixture
- [ ] ask [stats.example.org](https://elsewhere.example/login) for the ~~old~~ new table

| file | rows | broken | first seen | owner | last check |
|:-----|-----:|-----:|---|---|---|
| june.csv | 12,480 | 3 | yesterday<br>at noon | @mira | never |

[^1]: If they are independent of one another.
"""
CODE = (
    "All of it:\n\n```python\n"
    + "\n".join(f"row_{n} = line_{n}.split(',')  # {n} of the parts" for n in range(200))
    + "\n```\n"
)


def formulas(page: Page, stage: Stage) -> None:
    close(page)
    stage.stop_all()
    go(page, "release-4-2")
    stage.behave(is_loaded=True, text=FORMULAS)
    stage.ask("@llama3 how sure is that mean?")
    page.locator(".katex-display").last.wait_for()


def code(page: Page, stage: Stage) -> None:
    stage.behave(is_loaded=True, text=CODE)
    stage.ask("@llama3 show all the rows")
    page.get_by_test_id("code-fold").wait_for()
    page.locator(".hljs-string").first.wait_for()


def mentioned(page: Page, stage: Stage) -> None:
    page.context.grant_permissions(["notifications"])
    stage.mira.send("@ada the numbers are in.", stage.room)
    page.get_by_test_id("notice-prompt").wait_for()


SCENES = (
    Scene("19-formulas", formulas),
    Scene("19-long-code", code),
    Scene("19-mentioned", mentioned),
)
