"""Chaos: a whole installation whose programs are killed while buyers, couriers and staff go on; then desk = truth.

troupe    the programs, each brought back at once when it dies, and the points at which one is made to die
traffic   buyers, couriers, clerk and packer, who do not mind when nobody answers
audit     what must hold afterwards: desk against the platform's truth, and the desk against itself
play      one run: traffic, kills, quiet, audit
"""
