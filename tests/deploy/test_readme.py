"""deploy/README.md: what it names is there, and every variable of the Compose file is explained."""

import re

from tests.running_server import ROOT

README = ROOT / "deploy" / "README.md"
PATH = re.compile(r"(?<![\w/.])(deploy/[\w./@-]+\w)")


def test_every_file_that_it_names_is_there() -> None:
    text = README.read_text()
    named = {ROOT / path for path in PATH.findall(text)}
    linked = {README.parent / target for target in re.findall(r"\]\(([^)#]+)\)", text)}
    assert len(named) > 4 and linked
    assert not [str(path) for path in named | linked if not path.exists()]


def test_every_variable_of_compose_is_explained() -> None:
    used = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "deploy" / "compose.yaml").read_text()))
    explained = set(re.findall(r"^\| `([A-Z_]+)` \|", README.read_text(), flags=re.MULTILINE))
    assert used and not used - explained


def test_nginx_is_configured_by_what_it_says() -> None:
    """The words to be replaced in the template are those that the commands replace."""
    template = (ROOT / "deploy" / "nginx" / "roundtable.conf.template").read_text()
    replaced = set(re.findall(r"s/\[\$\]\{(\w+)\}/", README.read_text()))
    assert replaced == set(re.findall(r"\$\{(\w+)\}", template))
