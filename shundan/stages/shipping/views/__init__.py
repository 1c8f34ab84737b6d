"""Pages of shipping.

labels.py     labels waiting, refused, ready and printed
terms.py      refused labels asked for again on other terms
numbers.py    another number for a parcel of our own carrier
manifests.py  hand-over: scanning out and closing
"""
