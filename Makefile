# Every word prepares what it needs (once, kept in .venv/ and frontend/) and then does its one thing: scripts/words.py.
# make e2e ARGS='-k mention' hands arguments on to pytest.
WORDS := run setup dev test modes e2e check bench soak screenshots protocol lock clean help
.DEFAULT_GOAL := help
.PHONY: $(WORDS)

$(WORDS):
	@scripts/with-python scripts/words.py $@ $(ARGS)
