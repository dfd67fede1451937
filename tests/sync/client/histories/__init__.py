"""Random histories of three devices and a centre, against what must always hold.

agency.py    an enrolled agency, made once and copied for every history
world.py     what people, managers, networks and fate do in it
memory.py    what people typed and decided: what the records are compared with
truth.py     what must hold when everything has come to rest
machine.py   hypothesis picks the acts
mutants.py   engines that are broken on purpose, which the histories must catch
__main__.py  long runs by hand: python -m tests.sync.client.histories --help
"""
