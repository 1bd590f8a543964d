"""The repository is the same wherever it is cloned: no registry's address, no path of somebody's machine."""

import re

from tests.repository.sources import files, none_of, read

# Written in parts, so that this file keeps its own law.
REGISTRIES = (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "(org|com)"), ("yarnpkg", "com"))
HOSTS = "|".join(r"\.".join(parts) for parts in REGISTRIES)
FOLDERS = "|".join(("work/(main|shared|[.]library)", "root", "opt/(pypi|wheels)", "home/[a-z]+", "Users/[A-Za-z]+"))
TRACE = re.compile(rf"{HOSTS}|(?<![\w.$}}~-])/({FOLDERS})(/|\b)")
BINARY = (".png", ".jpg", ".ico", ".woff2", ".gguf", ".webp", ".gif")
# An address in a lock file would be the address of the registry that it was made with.
ADDRESS = re.compile(r"https?://|--(extra-)?index-url|--find-links|file:")


def test_no_tracked_file_names_a_registry_or_a_machine() -> None:
    paths = [path for path in files() if not path.endswith(BINARY)]
    lines = [(f"{path}:{number}", line) for path in paths for number, line in enumerate(read(path).splitlines(), 1)]
    none_of(where for where, line in lines if TRACE.search(line))


def test_python_locks_have_no_addresses() -> None:
    paths = [path for path in files(".lock", ".txt") if path.startswith("requirements")]
    assert len(paths) == 8
    none_of(path for path in paths if ADDRESS.search(read(path)))


def test_npm_locks_have_no_download_addresses() -> None:
    paths = files("package-lock.json")
    assert len(paths) == 3
    none_of(address for path in paths for address in re.findall(r'"resolved":\s*"([^"]*)"', read(path)))


def test_the_checker_sees_what_it_must() -> None:
    for bad in ("see https://" + "pypi" + ".org/x", "cd /" + "root/x", '"/' + "home/ann/x", "/" + "work/main"):
        assert TRACE.search(bad), bad
    for good in ("pypi organises", "$HOME/x", "https://example.org/home/page", "chroot/x", "~/homework/main"):
        assert not TRACE.search(good), good
    assert ADDRESS.search('"resolved": "https://example.org/x.tgz"')
