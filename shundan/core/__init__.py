"""The heart: states, moves, money, clocks, checks, rights, privacy, allocation and errors.

Pure: standard library only, no clock, no randomness, no I/O. Time is an argument.
"""
