"""Pages of packing.

lists.py    parcels, and what is done with many of them
waves.py    waves, pick lists on paper and in the hand
station.py  the pack station
"""
