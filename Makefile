# The same commands as `python3 dev.py ...`; options go in ARGS: make test ARGS="tests/law -q"
PYTHON ?= python3

.PHONY: setup demo test check bench fuzz coverage lock
setup demo test check bench fuzz coverage lock:
	@$(PYTHON) dev.py $@ $(ARGS)
